import { join, resolve } from 'node:path';
import { TRANSFORM_JOIN } from '@plinth/batching';
import { BatchStepRequest, BatchTaskEnvironment } from '@plinth/contracts';
import { only, registered, stackSettings, statementsOf, type RegisteredStatement } from '@plinth/infra/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';

const STACK = resolve(import.meta.dirname, '../../stacks/batch-generation');
const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

type Json = Readonly<Record<string, unknown>>;
interface State extends Json {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Json;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Choices?: readonly { readonly Next: string }[];
  readonly ItemProcessor?: Scope;
  readonly ItemReader?: { readonly Resource: string; readonly Parameters: Json };
  readonly ResultWriter?: { readonly Resource: string; readonly Parameters: Json };
}
interface Scope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const STEPS = BatchStepRequest.def.options.map(({ shape }) => shape.step.def.values[0]);

/** Rights one use of a service takes: an action, and the ARN it is taken on. */
type Need = readonly [action: string, arn: string];
const JOBS_RULE = (kind: string) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/StepFunctionsGetEventsFor${kind}Rule`;
const HEARING = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/** By resource of a task. A resource that is not here fails the test: whoever adds one says what it takes. */
const NEEDS: Readonly<Record<string, (parameters: Json) => readonly Need[]>> = {
  'lambda:invoke': ({ FunctionName }) => [['lambda:InvokeFunction', String(FunctionName)]],
  'sns:publish': ({ TopicArn }) => [['sns:Publish', String(TopicArn)]],
  'sqs:sendMessage': ({ QueueUrl }) => [
    ['sqs:SendMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:${String(QueueUrl).split('/').at(-1) ?? ''}`],
  ],
  'aws-sdk:bedrock:createModelInvocationJob': ({ RoleArn }) => [
    ['bedrock:CreateModelInvocationJob', `arn:aws:bedrock:${REGION}:${ACCOUNT}:model-invocation-job/new`],
    ['bedrock:TagResource', `arn:aws:bedrock:${REGION}:${ACCOUNT}:model-invocation-job/new`],
    ['iam:PassRole', String(RoleArn)],
  ],
  'aws-sdk:bedrock:getModelInvocationJob': () => [
    ['bedrock:GetModelInvocationJob', `arn:aws:bedrock:${REGION}:${ACCOUNT}:model-invocation-job/new`],
  ],
  'sagemaker:createTransformJob.sync': (parameters) => [
    ...['CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob', 'AddTags'].map((action): Need => [
      `sagemaker:${action}`,
      `arn:aws:sagemaker:${REGION}:${ACCOUNT}:transform-job/${formatted(parameters['TransformJobName.$'])}`,
    ]),
    ...HEARING.map((action): Need => [action, JOBS_RULE('SageMakerTransformJobs')]),
  ],
  'batch:submitJob.sync': ({ JobDefinition, JobQueue }) => [
    ['batch:SubmitJob', String(JobDefinition)],
    ['batch:SubmitJob', String(JobQueue)],
    ['batch:DescribeJobs', '*'],
    ['batch:TerminateJob', `arn:aws:batch:${REGION}:${ACCOUNT}:job/new`],
    ...HEARING.map((action): Need => [action, JOBS_RULE('BatchJobs')]),
  ],
  's3:getObject': ({ Bucket }) => [['s3:GetObject', `arn:aws:s3:::${String(Bucket)}/shards/batch/manifest.jsonl`]],
  's3:putObject': (parameters) =>
    ['PutObject', 'GetObject', 'ListMultipartUploadParts', 'AbortMultipartUpload'].map((action): Need => {
      const prefix = formatted(parameters['Prefix.$']);
      return [`s3:${action}`, `arn:aws:s3:::${String(parameters['Bucket'])}/${prefix}/map/manifest.json`];
    }),
};

/** What `States.Format('a-{}', …)` makes, with `x` in every place. */
function formatted(expression: unknown): string {
  const [, template] = /^States\.Format\('([^']*)'/.exec(String(expression)) ?? [];
  if (template === undefined) throw new Error(`"${String(expression)}" is no States.Format.`);
  return template.replaceAll('{}', 'x');
}

/** The scope, and every scope inside its maps. */
function scopesIn(scope: Scope): Scope[] {
  return [
    scope,
    ...Object.values(scope.States).flatMap(({ ItemProcessor }) => (ItemProcessor ? scopesIn(ItemProcessor) : [])),
  ];
}

const tasksIn = (scope: Scope) =>
  scopesIn(scope).flatMap(({ States }) => Object.entries(States).filter(([, { Type }]) => Type === 'Task'));

function nextOf({ Next, Default, Catch = [], Choices = [] }: State): string[] {
  return [Next, Default, ...Catch.map((each) => each.Next), ...Choices.map((each) => each.Next)].filter(
    (name) => name !== undefined,
  );
}

/** States from which no end can be reached. */
function endlessIn({ States }: Scope): string[] {
  const ends = new Set(
    Object.entries(States).flatMap(([name, { Type, End }]) =>
      End === true || Type === 'Succeed' || Type === 'Fail' ? [name] : [],
    ),
  );
  for (let before = -1; before !== ends.size;) {
    before = ends.size;
    for (const [name, state] of Object.entries(States))
      if (nextOf(state).some((next) => ends.has(next))) ends.add(name);
  }
  return Object.keys(States).filter((name) => !ends.has(name));
}

function reachedIn({ StartAt, States }: Scope): string[] {
  const reached = new Set([StartAt]);
  for (const name of reached) for (const next of nextOf(States[name] ?? { Type: 'absent' })) reached.add(next);
  return [...reached];
}

const covers = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

describe.each(['dev', 'staging', 'production'] as const)('the workflow of batches in %s', (environment) => {
  let workflow: Scope & Json;
  let granted: RegisteredStatement[];

  beforeAll(async () => {
    vi.resetModules();
    const resources = await registered(() => import(join(STACK, 'index.ts')), {
      project: 'plinth-batch-generation',
      stack: environment,
      config: stackSettings(join(STACK, `Pulumi.${environment}.yaml`)),
      stackOutputs: {
        dataKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/data`,
        alertTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alerts`,
        imageRepositories: { vllm: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/plinth/vllm` },
      },
    });
    const { definition } = only(resources, 'aws:sfn/stateMachine:StateMachine').inputs;
    workflow = JSON.parse(String(definition)) as Scope & Json;
    granted = statementsOf(resources).filter(
      ({ resource, Effect }) => resource === 'aws:iam/rolePolicy:RolePolicy batch' && Effect === 'Allow',
    );
  }, 60_000);

  it('reaches every state, and from every state an end', () => {
    for (const scope of scopesIn(workflow)) {
      expect(reachedIn(scope).sort()).toEqual(Object.keys(scope.States).sort());
      expect(endlessIn(scope)).toEqual([]);
    }
  });

  it('has a map for every engine that is on, and no other', () => {
    const { Choices = [], Default } = workflow.States['Engine?'] ?? { Type: 'absent' };
    const maps = Object.entries(workflow.States).flatMap(([name, { Type }]) => (Type === 'Map' ? [name] : []));
    expect(Choices.map(({ Next }) => Next)).toEqual(maps);
    expect(Default).toBe('NoSuchEngine');
    const all = ['RunOnBedrock', 'RunOnTransform', 'RunOnAsync', 'RunOnSpot'];
    expect(maps).toEqual({ dev: all.slice(0, 1), staging: [all[0], all[3]], production: all }[environment]);
  });

  it('may do what each of its tasks does, on what the task names', () => {
    const uses = scopesIn(workflow)
      .flatMap(({ States }) => Object.entries(States))
      .flatMap(([name, { Resource, Parameters = {}, ItemReader, ResultWriter }]) => [
        ...(Resource === undefined ? [] : [{ name, Resource, Parameters }]),
        ...(ItemReader === undefined ? [] : [{ name, ...ItemReader }]),
        ...(ResultWriter === undefined ? [] : [{ name, ...ResultWriter }]),
      ]);
    expect(uses.length).toBeGreaterThan(8);
    for (const { name, Resource, Parameters } of uses) {
      const needs = NEEDS[Resource.replace('arn:aws:states:::', '')];
      if (needs === undefined) throw new Error(`${name} uses ${Resource}, and NEEDS does not say what that takes.`);
      for (const [action, arn] of needs(Parameters))
        expect(
          granted.some(
            (statement) =>
              statement.Action.includes(action) && statement.Resource.some((pattern) => covers(pattern, arn)),
          ),
          `${name}: ${action} on ${arn}`,
        ).toBe(true);
    }
  });

  it('bounds and repeats every task, and lets no failure go unheard', () => {
    const last = /^Keep(Notice|Failure)$/;
    for (const [name, { TimeoutSeconds, Retry = [], Catch = [] }] of tasksIn(workflow)) {
      expect(TimeoutSeconds, name).toBeGreaterThan(0);
      expect(Retry.length, name).toBeGreaterThan(0);
      // Trying again is for trouble with a name: whatever else fails would fail again.
      for (const { ErrorEquals, MaxAttempts } of Retry) {
        expect(ErrorEquals, name).not.toContain('States.ALL');
        expect(MaxAttempts, name).toBeLessThanOrEqual(48);
      }
      if (!last.test(name)) expect(Catch.at(-1)?.ErrorEquals, name).toEqual(['States.ALL']);
    }
  });

  it('caps shards at once and failures, and holds no text: a run has keys of the batch alone', () => {
    for (const state of Object.values(workflow.States).filter(({ Type }) => Type === 'Map')) {
      expect(state['MaxConcurrency']).toBeGreaterThan(0);
      expect(state['ToleratedFailurePercentage']).toBeLessThanOrEqual(10);
      expect(state['ItemReader']).toMatchObject({ ReaderConfig: { InputType: 'JSONL' } });
      expect(state['ResultPath']).toBeNull();
    }
  });

  it('has transform jobs send bodies and keep names, as the service writes and reads them', () => {
    for (const [, { Resource, Parameters }] of tasksIn(workflow))
      if (Resource === 'arn:aws:states:::sagemaker:createTransformJob.sync')
        expect(Parameters?.['DataProcessing']).toEqual(TRANSFORM_JOIN);
  });

  it('asks for steps the service has, and gives its worker what the worker reads', () => {
    for (const [name, { Resource, Parameters }] of tasksIn(workflow)) {
      if (Resource === 'arn:aws:states:::lambda:invoke')
        expect(STEPS, name).toContain((Parameters?.['Payload'] as { step: string }).step);
      if (Resource === 'arn:aws:states:::batch:submitJob.sync') {
        const { Environment } = Parameters?.['ContainerOverrides'] as { Environment: { Name: string }[] };
        expect(Environment.map(({ Name }) => Name)).toEqual(Object.keys(BatchTaskEnvironment.shape));
      }
    }
  });
});
