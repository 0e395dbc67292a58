import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { checkStates, type Workflow } from './amazon-states.ts';
import { grantWaitForJobs, StateMachine } from './state-machine.ts';

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', TimeoutSeconds: 60, End: true } as const;
const ONE: Workflow = { TimeoutSeconds: 3600, StartAt: 'Work', States: { Work: TASK } };
const MANY: Workflow = {
  TimeoutSeconds: 3600,
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      MaxConcurrency: 20,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Work',
        States: { Work: TASK },
      },
      End: true,
    },
  },
};
const machine = (workflow = ONE) =>
  new StateMachine('jobs', {
    placement: PLACEMENT,
    machineName: 'plinth-test-jobs',
    workflow,
    statements: [],
    keyArn: KEY_ARN,
  });
const granted = async (workflow?: Workflow) =>
  statementsOf(await registered(() => machine(workflow))).filter(({ resource }) =>
    resource.startsWith('aws:iam/rolePolicy:'),
  );

describe('StateMachine', () => {
  it('is standard, encrypted and traced, and logs no data', async () => {
    const { inputs } = only(await registered(() => machine()), 'aws:sfn/stateMachine:StateMachine');
    expect(inputs).toMatchObject({
      type: 'STANDARD',
      encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: KEY_ARN },
      loggingConfiguration: { level: 'ERROR', includeExecutionData: false },
      tracingConfiguration: { enabled: true },
    });
    expect(JSON.parse(String(inputs['definition']))).toEqual(ONE);
  });

  it('has a role with no more than its logs, traces and key', async () => {
    expect((await granted()).map(({ Sid }) => Sid)).toEqual([
      'WriteTraces',
      'ReadSamplingRules',
      'SetUpLogDelivery',
      'UseWorkflowKey',
      'EncryptLogDelivery',
    ]);
  });

  it('may start executions of its own where a map is distributed, and of no other machine', async () => {
    const own = (await granted(MANY)).filter(({ Sid }) => /Items$/.test(Sid));
    expect(own.map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:states:us-east-1:123456789012:stateMachine:plinth-test-jobs'],
      ['arn:aws:states:us-east-1:123456789012:execution:plinth-test-jobs:*'],
    ]);
    expect(unjustifiedWildcards(await registered(() => machine(MANY)))).toEqual([]);
  });

  it('grants starting and answering, each alone', async () => {
    await registered(async () => {
      const [start] = await valueOf(machine().grantStart());
      expect(start?.Action).toEqual(['states:StartExecution']);
      const [answer] = await valueOf(machine().grantAnswer());
      expect(answer?.Action).toContain('states:SendTaskSuccess');
      expect(answer?.Resource).toEqual(['arn:aws:states:us-east-1:123456789012:stateMachine:plinth-test-jobs']);
    });
  });

  it('hears of the end of jobs by the one rule that is kept for them', async () => {
    await registered(async () => {
      expect((await valueOf(grantWaitForJobs(PLACEMENT, 'batch'))).Resource).toEqual([
        'arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForBatchJobsRule',
      ]);
    });
  });
});

describe('a workflow', () => {
  const flow = (States: Workflow['States'], StartAt = 'Work') => ({ StartAt, States });

  it('goes to states it has', () => {
    expect(() => checkStates(flow({ Work: TASK }, 'Begin'))).toThrow(/goes to "Begin"/);
    expect(() =>
      checkStates(flow({ Work: { ...TASK, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Tell' }] } })),
    ).toThrow(/goes to "Tell"/);
    expect(() =>
      checkStates(
        flow({ Work: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'A' }], Default: 'B' } }),
      ),
    ).toThrow(/"A", "B"/);
  });

  it('has no state that nothing goes to', () => {
    expect(() => checkStates(flow({ Work: TASK, Forgotten: { Type: 'Succeed' } }))).toThrow(/No state .* "Forgotten"/);
  });

  it('is held to that inside maps and branches too', () => {
    const inner = flow({ Work: TASK }, 'Elsewhere');
    expect(() => checkStates(flow({ Work: { Type: 'Parallel', Branches: [inner], End: true } }))).toThrow(
      /"Elsewhere"/,
    );
    expect(() =>
      checkStates(flow({ Work: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: inner, End: true } })),
    ).toThrow(/"Elsewhere"/);
  });
});
