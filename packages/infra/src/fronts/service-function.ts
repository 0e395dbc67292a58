import { existsSync } from 'node:fs';
import type { EnvironmentVariables } from '@plinth/contracts';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import { StackError } from '../governance/stack-error.ts';
import { policyDocument, serviceTrust, type Statement } from '../iam/statement.ts';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { functionInterfaces, type InterfaceNetwork } from '../iam/network-interfaces.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

/** What a stack must give a service's function: one value for every variable of its contract that has no default. */
export type ServiceEnvironment<T extends z.core.$ZodObject> = {
  readonly [K in keyof EnvironmentVariables<T>]: pulumi.Input<NonNullable<EnvironmentVariables<T>[K]>>;
};

export interface ServiceFunctionArgs<T extends z.core.$ZodObject> {
  description: string;
  /** Folder of the built bundle; its contents become the function's package. */
  bundle: string;
  /** `<file>.<export>` in the bundle. */
  handler: string;
  /** The service's environment contract. */
  contract: T;
  environment: ServiceEnvironment<T>;
  /** Customer-managed key the environment is encrypted under. */
  environmentKeyArn: pulumi.Input<string>;
  /** Physical name of the log group, for example `/plinth/dev/chat`. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
  /** What the function may do, beside writing its own logs and traces. */
  statements: readonly Statement[];
  /** What must be done before new code of it runs, such as the migrations it counts on. */
  after?: readonly pulumi.Resource[];
  /** Copies that may run at once: kept free for this function, and never passed by it. */
  reservedConcurrency: number;
  /** Megabytes; CPU grows with it. @default 1024 */
  memoryMb?: number;
  /** Megabytes of `/tmp`, at most 10,240. @default 512 */
  scratchMb?: number;
  /** Seconds, at most 900. @default 900 */
  timeoutSeconds?: number;
  /** Subnets and security groups it calls others from: then it reaches what they reach, and nothing else. @default no network of ours */
  network?: InterfaceNetwork;
}

/** A Node.js function on Graviton whose environment is checked against its service's contract when the stack is compiled. */
export class ServiceFunction<T extends z.core.$ZodObject> extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  /** Of the function's own role, for what is put on it beside its statements. */
  readonly roleName: pulumi.Output<string>;
  /** What API Gateway calls to have the response streamed. */
  readonly responseStreamingInvokeArn: pulumi.Output<string>;

  constructor(name: string, args: ServiceFunctionArgs<T>, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:ServiceFunction', name, {}, opts);
    const logs = new LogGroup(
      name,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      { description: args.description, assumeRolePolicy: serviceTrust('lambda.amazonaws.com') },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          logs.grantWrite(),
          JUSTIFIED.traces,
          ...(args.network === undefined ? [] : functionInterfaces()),
          ...args.statements,
        ]),
      },
      { parent: this },
    );
    const fn = new aws.lambda.Function(
      name,
      {
        description: args.description,
        role: role.arn,
        runtime: 'nodejs22.x',
        architectures: ['arm64'],
        code: packaged(args.bundle),
        handler: args.handler,
        memorySize: args.memoryMb ?? 1024,
        ...(args.scratchMb !== undefined && { ephemeralStorage: { size: args.scratchMb } }),
        timeout: args.timeoutSeconds ?? 900,
        reservedConcurrentExecutions: args.reservedConcurrency,
        environment: { variables: withoutAbsent(args.environment) },
        kmsKeyArn: args.environmentKeyArn,
        tracingConfig: { mode: 'Active' },
        ...(args.network !== undefined && {
          vpcConfig: { subnetIds: args.network.subnetIds, securityGroupIds: args.network.securityGroupIds },
        }),
        loggingConfig: { logFormat: 'JSON', logGroup: logs.logGroupName },
      },
      { parent: this, dependsOn: [policy, ...(args.after ?? [])] },
    );
    this.arn = fn.arn;
    this.functionName = fn.name;
    this.roleName = role.name;
    this.responseStreamingInvokeArn = fn.responseStreamingInvokeArn;
    this.registerOutputs({ arn: this.arn, functionName: this.functionName });
  }

  /** Lets a role call the function, as a workflow's step does. */
  grantInvoke(): Statement {
    return { Sid: 'InvokeFunction', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [this.arn] };
  }
}

/** The bundle as Pulumi uploads it. A plan without an engine reads no files, so it needs no build. */
function packaged(bundle: string): pulumi.asset.Archive {
  if (pulumi.runtime.hasEngine() && !existsSync(bundle))
    throw new StackError(`The bundle ${bundle} is not there. Build it first: "npx nx run-many -t build".`);
  return new pulumi.asset.FileArchive(bundle);
}

function withoutAbsent(environment: object): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}
