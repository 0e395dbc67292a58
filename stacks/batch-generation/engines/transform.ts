import { BatchTransform, type HostedModel } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from '../config.ts';
import type { EngineSettings } from '../engine-settings.ts';
import { inputUnder, outputUnder, type Places } from '../places.ts';
import { briefly, patiently } from '../workflow/patience.ts';
import { BREAK_SHARD, jobTags, partsUri, SHARD_ANSWERED, shardUri, type EnginePart } from './engine-part.ts';

/** SageMaker's batch transform: a job for each shard, waited for by Step Functions. */
export function transformEngine(
  settings: NonNullable<EngineSettings['transform']>,
  config: BatchGenerationConfig,
  { places, model }: { readonly places: Places; readonly model: HostedModel },
  opts: pulumi.ComponentResourceOptions,
): EnginePart {
  const { placement, dataKeyArn } = places;
  // Short: a job's name holds 63 characters, and 36 of them tell one from another.
  const jobPrefix = `plinth-${pulumi.getStack()}`;
  const transform = new BatchTransform(
    'transform',
    {
      placement,
      model,
      input: inputUnder(places, 'shards'),
      output: outputUnder(places, 'parts'),
      keyArn: dataKeyArn,
      instanceType: settings.instanceType,
      instanceCount: settings.instanceCount,
      jobPrefix,
    },
    opts,
  );
  const { request } = transform;
  return {
    name: 'transform',
    startAt: 'Transform',
    concurrency: settings.concurrentJobs,
    statements: transform.grantRun(),
    states: {
      Transform: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync',
        TimeoutSeconds: settings.timeoutHours * 3600,
        Parameters: {
          // A name is used once, so each try has its own.
          'TransformJobName.$': `States.Format('${jobPrefix}-{}', States.UUID())`,
          ModelName: request.apply(({ ModelName }) => ModelName),
          MaxConcurrentTransforms: request.apply(({ MaxConcurrentTransforms }) => MaxConcurrentTransforms),
          BatchStrategy: request.apply(({ BatchStrategy }) => BatchStrategy),
          TransformInput: pulumi.all([request, shardUri(places, 'transform')]).apply(([{ TransformInput }, uri]) => ({
            ...TransformInput,
            DataSource: { S3DataSource: { S3DataType: 'S3Prefix', 'S3Uri.$': uri } },
          })),
          TransformOutput: pulumi.all([request, partsUri(places)]).apply(([{ TransformOutput }, uri]) => ({
            ...Object.fromEntries(Object.entries(TransformOutput).filter(([key]) => key !== 'S3OutputPath')),
            'S3OutputPath.$': uri,
          })),
          // The model sees bodies alone, and each answer comes back beside the name of its record.
          DataProcessing: {
            InputFilter: '$.body',
            JoinSource: 'Input',
            OutputFilter: "$['recordId','SageMakerOutput']",
          },
          Tags: jobTags(config),
          TransformResources: request.apply(({ TransformResources }) => TransformResources),
        },
        ResultPath: null,
        Retry: [
          patiently('SageMaker.ResourceLimitExceededException'),
          briefly('SageMaker.AmazonSageMakerException', 'SageMaker.SdkClientException'),
        ],
        Catch: [...BREAK_SHARD],
        Next: SHARD_ANSWERED,
      },
    },
  };
}
