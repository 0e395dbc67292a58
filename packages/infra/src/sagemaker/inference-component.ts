import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { serviceLogs, type EndpointLogsArgs } from './endpoint-logs.ts';
import { VARIANT } from './fleet.ts';
import type { ComponentPart } from './hosting.ts';

/**
 * One model on a shared fleet. The AWS provider has no typed resource for it, so its state goes to Cloud Control as
 * `AWS::SageMaker::InferenceComponent` is written in CloudFormation. Tags are not given: Cloud Control's are not the provider's.
 */
export function inferenceComponent(
  name: string,
  endpointName: pulumi.Input<string>,
  part: ComponentPart,
  args: EndpointLogsArgs & { rollbackAlarms: readonly pulumi.Input<string>[] },
  opts: pulumi.CustomResourceOptions,
): { readonly componentName: string; readonly resource: aws.cloudcontrol.Resource } {
  const componentName = `${name}-${part.name}`;
  const logs = serviceLogs(componentName, `InferenceComponents/${componentName}`, [part.model.roleName], args, opts);
  const resource = new aws.cloudcontrol.Resource(
    componentName,
    {
      typeName: 'AWS::SageMaker::InferenceComponent',
      desiredState: pulumi.jsonStringify({
        InferenceComponentName: componentName,
        EndpointName: endpointName,
        VariantName: VARIANT,
        Specification: {
          ModelName: part.model.modelName,
          ComputeResourceRequirements: {
            NumberOfAcceleratorDevicesRequired: part.accelerators ?? 1,
            NumberOfCpuCoresRequired: part.cpuCores,
            MinMemoryRequiredInMb: part.memoryMb,
          },
        },
        DeploymentConfig: {
          // One copy at a time: a fleet rarely has room for all of them twice.
          RollingUpdatePolicy: {
            MaximumBatchSize: { Type: 'COPY_COUNT', Value: 1 },
            WaitIntervalInSeconds: 120,
          },
          AutoRollbackConfiguration: { Alarms: args.rollbackAlarms.map((AlarmName) => ({ AlarmName })) },
        },
        RuntimeConfig: { CopyCount: part.copies ?? 1 },
      }),
    },
    { ...opts, dependsOn: [part.model, logs.group, ...logs.policies] },
  );
  return { componentName, resource };
}
