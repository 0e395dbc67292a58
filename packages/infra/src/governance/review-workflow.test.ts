import { describe, expect, it } from 'vitest';
import { checkStates, type State, type TaskState, type Workflow } from '../data/amazon-states.ts';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards, valueOf } from '../testing/index.ts';
import { AugmentedReview } from './augmented-review.ts';
import { reviewFlow } from './review-flow.ts';
import { ReviewWorkflow } from './review-workflow.ts';

type Json = Record<string, unknown>;
const FLOW = reviewFlow({ tableName: 'decisions', queueUrl: 'https://queue', answerSeconds: 3600 });
const tasks = (flow: Workflow) =>
  Object.entries(flow.States).filter((entry): entry is [string, TaskState] => entry[1].Type === 'Task');

/** As much of an interpreter as the flow needs: where a run ends, and which writes it made, given the people's answer. */
function run(answer: Json | { readonly error: string }): { readonly end: string; readonly states: string[] } {
  let data: Json = { reviewId: 'r1', tenant: 't1', reason: 'payment' };
  const states: string[] = [];
  let name = FLOW.StartAt;
  for (;;) {
    states.push(name);
    const state: State = FLOW.States[name] ?? { Type: 'Fail' };
    if (state.Type === 'Succeed' || state.Type === 'Fail') return { end: name, states };
    if (state.Type === 'Choice') {
      const chosen = state.Choices.find((choice) => holds(choice, data));
      name = chosen?.Next ?? state.Default ?? 'nowhere';
    } else if (state.Type === 'Pass') {
      data = { ...data, answer: state.Result };
      name = state.Next ?? 'nowhere';
    } else if (state.Type === 'Task') {
      const waits = String(state.Resource).endsWith('.waitForTaskToken');
      if (waits && typeof answer['error'] === 'string') {
        const error = answer['error'];
        const caught = state.Catch?.find(({ ErrorEquals }) =>
          ErrorEquals.some((pattern) => pattern === error || pattern === 'States.ALL'),
        );
        name = caught?.Next ?? 'nowhere';
      } else {
        if (waits) data = { ...data, answer };
        name = state.Next ?? 'nowhere';
      }
    } else throw new Error(`${state.Type} is not used here.`);
  }
}

function holds(rule: Json, data: Json): boolean {
  const and = rule['And'] as Json[] | undefined;
  if (and) return and.every((each) => holds(each, data));
  const value = String(rule['Variable'])
    .slice(2)
    .split('.')
    .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], data);
  if ('IsBoolean' in rule) return (typeof value === 'boolean') === rule['IsBoolean'];
  if ('IsString' in rule) return (typeof value === 'string') === rule['IsString'];
  return value === rule['BooleanEquals'];
}

describe('the review flow', () => {
  it('has no state that is missing or forgotten, and no task without an end', () => {
    expect(() => checkStates(FLOW)).not.toThrow();
    for (const [name, task] of tasks(FLOW)) expect(task.TimeoutSeconds, name).toBeLessThan(FLOW.TimeoutSeconds);
  });

  it('hands the token out where it waits for it, and only there', () => {
    const waiting = tasks(FLOW).filter(([, task]) => String(task.Resource).endsWith('.waitForTaskToken'));
    expect(waiting.map(([name]) => name)).toEqual(['AskPeople']);
    const token = tasks(FLOW).filter(([, task]) => JSON.stringify(task.Parameters).includes('$$.Task.Token'));
    expect(token.map(([name]) => name)).toEqual(['AskPeople']);
  });

  it('names paths where it reads them, as JSONPath wants, and writes no text under review', () => {
    const text = JSON.stringify(FLOW);
    for (const [, key, value] of text.matchAll(/"([^"]+)":"(\$[^"]*|States\.[^"]*)"/g))
      if (key !== 'Variable' && key !== 'ResultPath') expect(key, value).toMatch(/\.\$$/);
    expect(text).not.toMatch(/\$\.(text|prompt|messages|content)/);
  });

  it.each([
    ['a person says yes', { approved: true, reviewer: 'ann' }, 'Approved'],
    ['a person says no', { approved: false, reviewer: 'ann' }, 'Refused'],
    ['a yes that is only a text', { approved: 'true', reviewer: 'ann' }, 'Refused'],
    ['a yes without a name', { approved: true }, 'Refused'],
    ['an answer that is none', {}, 'Refused'],
    ['nobody answers in time', { error: 'States.Timeout' }, 'Refused'],
    ['the question could not be sent', { error: 'SQS.AmazonSQSException' }, 'Refused'],
  ])('ends as it must when %s', (_, answer, end) => {
    const ran = run(answer);
    expect(ran.end).toBe(end);
    expect(ran.states.at(-2)).toBe(`Record${end}`);
  });

  it('decides only what is still waiting', () => {
    for (const [name, task] of tasks(FLOW).filter(([name]) => /^Record(Approved|Refused)$/.test(name)))
      expect(task.Parameters?.['ConditionExpression'], name).toBe('decision = :waiting');
  });
});

describe('ReviewWorkflow', () => {
  const args = { placement: PLACEMENT, keyArn: KEY_ARN };

  it('keeps decisions in a protected table, and gives its runs no more than they write', async () => {
    const resources = await registered(() => new ReviewWorkflow('review', args));
    expect(only(resources, 'aws:dynamodb/table:Table').inputs).toMatchObject({ deletionProtectionEnabled: true });
    const record = statementsOf(resources).find(({ Sid }) => Sid === 'RecordDecisions');
    expect(record?.Action).toEqual(['dynamodb:PutItem', 'dynamodb:UpdateItem']);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('lets who asks not decide, and who decides not write decisions', async () => {
    await registered(async () => {
      const review = new ReviewWorkflow('review', args);
      const actions = async (statements: unknown) =>
        ((await valueOf(statements)) as { Action: string[] }[]).flatMap(({ Action }) => Action);
      const asks = await actions(review.grantAsk());
      expect(asks).toContain('states:StartExecution');
      expect(asks.filter((action) => /SendTask|PutItem|UpdateItem|ReceiveMessage/.test(action))).toEqual([]);
      const decides = await actions(review.grantDecide());
      expect(decides).toContain('states:SendTaskSuccess');
      expect(decides.filter((action) => /dynamodb|StartExecution/.test(action))).toEqual([]);
    });
  });

  it('refuses to wait longer than its queue keeps the question', async () => {
    await expect(registered(() => new ReviewWorkflow('review', { ...args, answerHours: 400 }))).rejects.toThrow(
      /Set answerHours to 1 to 288/,
    );
  });
});

describe('AugmentedReview', () => {
  const review = (team = 'private-crowd') =>
    new AugmentedReview('review', {
      placement: PLACEMENT,
      workteamArn: `arn:aws:sagemaker:us-east-1:123456789012:workteam/${team}/team`,
      answers: { bucketName: 'answers', prefix: 'reviews/' },
      keyArn: KEY_ARN,
    });

  it('puts requests before a private team, and shows them nothing that is not escaped', async () => {
    const resources = await registered(() => review());
    expect(only(resources, 'aws:sagemaker/flowDefinition:FlowDefinition').inputs).toMatchObject({
      humanLoopConfig: { taskCount: 1, taskAvailabilityLifetimeInSeconds: 86_400 },
      outputConfig: { s3OutputPath: 's3://answers/reviews/', kmsKeyId: KEY_ARN },
    });
    const { content } = only(resources, 'aws:sagemaker/humanTaskUI:HumanTaskUI').inputs['uiTemplate'] as {
      content: string;
    };
    const shown = [...content.matchAll(/\{\{([^}]*)\}\}/g)].map(([, expression]) => expression);
    expect(shown.length).toBeGreaterThan(0);
    for (const expression of shown) expect(expression).toMatch(/\| escape $/);
    expect(unjustifiedWildcards(resources)).toEqual([]);
  });

  it('writes its answers under their prefix alone', async () => {
    const write = statementsOf(await registered(() => review())).find(({ Sid }) => Sid === 'WriteObjects');
    expect(write?.Resource).toEqual(['arn:aws:s3:::answers/reviews/*']);
  });
});
