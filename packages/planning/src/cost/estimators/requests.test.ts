import { describe, expect, it } from 'vitest';
import { bill, monthly, output, planned } from '../../testing/priced.ts';

/** Two million requests of 1,000 and 500 tokens, 4 seconds each. */
const load = { requestsPerMonth: 2e6, promptTokens: 1000, completionTokens: 500, secondsPerRequest: 4 };

describe('a function', () => {
  const chat = planned('aws:lambda/function:Function', 'chat', {
    memorySize: 2048,
    architectures: ['arm64'],
    reservedConcurrentExecutions: 10,
  });

  it('costs its calls and its time; at worst every copy is busy all month', () => {
    expect(monthly(bill([chat], { load }))).toEqual({
      // 10 copies / 4 seconds x 2,628,000 seconds = 6.57 million calls at $0.20.
      'Function calls': [0, 0.4, 1.314],
      // 2 million x 4 s x 2 GB = 16 million GB-s at $13.3334; 10 x 2,628,000 s x 2 GB = 52.56 million.
      'Function time, 2.00 GB arm64': [0, 213.3344, 700.8035],
    });
  });

  it('has no bound without reserved copies', () => {
    const open = planned('aws:lambda/function:Function', 'open', { memorySize: 1024 });
    expect(monthly(bill([open], { load }))).toEqual({
      'Function calls': [0, 0.4, null],
      // 8 million GB-s of x86 at $16.6667.
      'Function time, 1.00 GB x86_64': [0, 133.3336, null],
    });
    expect(bill([open], { load }).unbounded).toBe(2);
  });
});

describe('an API', () => {
  const api = planned('aws:apigateway/restApi:RestApi', 'chat');
  const throttle = planned('aws:apigateway/methodSettings:MethodSettings', 'chat', {
    settings: { throttlingRateLimit: 5 },
  });

  it('costs its requests up to what it is throttled to', () => {
    const lines = monthly(bill([api, throttle], { load }));
    // 5 a second x 2,628,000 seconds = 13.14 million at $3.50.
    expect(lines['API requests']).toEqual([0, 7, 45.99]);
    // 1,000 million tokens x 250 bytes = 232.83 GB at $0.09; how long answers may be is not limited here.
    expect(lines['Traffic to the internet']).toEqual([0, 20.9548, null]);
  });

  it('is bounded by usage plans and their quotas where those let less through', () => {
    const plan = planned('aws:apigateway/usagePlan:UsagePlan', 'chat', {
      throttleSettings: { rateLimit: 2 },
      quotaSettings: { limit: 24_000, period: 'DAY' },
    });
    const keys = ['web', 'ios'].map((name) =>
      planned('aws:apigateway/usagePlanKey:UsagePlanKey', name, { usagePlanId: output('usagePlan:chat.id') }),
    );
    const cost = bill([api, throttle, plan, ...keys], { load });
    // 2 keys x 24,000 a day x 30.4167 days = 1.46 million at $3.50.
    expect(monthly(cost)['API requests']?.[2]).toBe(5.11);
    expect(cost.assumptions).toContain('Worst case. Requests: the quotas of the usage plans, used up.');
    expect(cost.assumptions).toContain('The configured load is more than the limits of the stack let through.');
  });

  it('costs less over HTTP', () => {
    expect(monthly(bill([planned('aws:apigatewayv2/api:Api', 'chat')], { load }))['API requests']).toEqual([
      0,
      2,
      null,
    ]);
  });

  it('costs the traces of a stage that is traced', () => {
    const stage = (traced: boolean) => planned('aws:apigateway/stage:Stage', 'live', { xrayTracingEnabled: traced });
    // One in twenty of 2 million, at $5.
    expect(monthly(bill([stage(true)], { load }))).toEqual({ Traces: [0, 0.5, null] });
    expect(monthly(bill([stage(false)], { load }))).toEqual({});
  });
});

it('a web ACL costs itself, each rule and each request', () => {
  const wall = planned('aws:wafv2/webAcl:WebAcl', 'wall', { rules: [{}, {}, {}] });
  expect(monthly(bill([wall], { load }))).toEqual({
    'Web ACL': [5, 5, 5],
    Rules: [3, 3, 3],
    'Requests inspected': [0, 1.2, null],
  });
});

it('a user pool costs by person and plan, and only an invitation bounds how many sign up', () => {
  const pool = (invited: boolean) =>
    planned('aws:cognito/userPool:UserPool', 'people', {
      userPoolTier: 'PLUS',
      adminCreateUserConfig: { allowAdminCreateUserOnly: invited },
    });
  const people = { ...load, activeUsers: 300 };
  expect(monthly(bill([pool(false)], { load: people }))).toEqual({ 'People who sign in, plus': [0, 6, null] });
  expect(monthly(bill([pool(true)], { load: people }))).toEqual({ 'People who sign in, plus': [0, 6, 6] });
});

it('a table costs writes, reads and what a month leaves in it, twice where it can be restored', () => {
  const table = planned('aws:dynamodb/table:Table', 'ledger', {
    billingMode: 'PAY_PER_REQUEST',
    pointInTimeRecovery: { enabled: true },
  });
  expect(monthly(bill([table], { load }))).toEqual({
    // 4 million at $0.625 and at $0.125; 2 million x 4 KB = 7.629 GB at $0.25 and $0.20.
    Writes: [0, 2.5, null],
    Reads: [0, 0.5, null],
    "Storage, one month's items": [0, 1.9073, null],
    'Point-in-time recovery': [0, 1.5259, null],
  });
});

it('a key costs a dollar, and its uses', () => {
  const key = planned('aws:kms/key:Key', 'data', { enableKeyRotation: true });
  // 4 million uses at $0.03 for 10,000.
  expect(monthly(bill([key], { load }))).toEqual({ Key: [1, 1, 1], 'Uses of the key': [0, 12, null] });
});

it('a secret costs forty cents', () => {
  expect(monthly(bill([planned('aws:secretsmanager/secret:Secret', 'db')]))).toEqual({ Secret: [0.4, 0.4, 0.4] });
});

it('logs cost writing, and keeping for as long as they are kept', () => {
  const logs = planned('aws:cloudwatch/logGroup:LogGroup', 'chat', { retentionInDays: 365 });
  expect(monthly(bill([logs], { load }))).toEqual({
    // 2 million x 2 KB = 3.8147 GB at $0.50; kept 12 months at $0.03.
    'Logs written': [0, 1.9073, null],
    'Logs kept 12 months': [0, 1.3733, null],
  });
});

it('alarms cost by the metrics they read', () => {
  const metric = { metric: { metricName: 'Tokens' } };
  const sum = planned('aws:cloudwatch/metricAlarm:MetricAlarm', 'sum', {
    metricQueries: [metric, metric, { expression: 'SUM(METRICS())' }],
  });
  expect(monthly(bill([sum]))).toEqual({ 'Alarm, by metric': [0.2, 0.2, 0.2] });
  const one = planned('aws:cloudwatch/metricAlarm:MetricAlarm', 'one', { metricName: 'Errors' });
  expect(monthly(bill([one]))).toEqual({ 'Alarm, by metric': [0.1, 0.1, 0.1] });
});

it('a composite alarm costs fifty cents, a dashboard three dollars', () => {
  expect(
    monthly(
      bill([
        planned('aws:cloudwatch/compositeAlarm:CompositeAlarm', 'all'),
        planned('aws:cloudwatch/dashboard:Dashboard', 'chat'),
      ]),
    ),
  ).toEqual({ 'Composite alarm': [0.5, 0.5, 0.5], Dashboard: [3, 3, 3] });
});

it('a trail costs its data events', () => {
  const trail = planned('aws:cloudtrail/trail:Trail', 'account', { advancedEventSelectors: [{}] });
  // 8 million events at $0.10 for 100,000.
  expect(monthly(bill([trail], { load }))).toEqual({ 'Data events, 4 a request': [0, 8, null] });
  expect(monthly(bill([planned('aws:cloudtrail/trail:Trail', 'account')], { load }))).toEqual({});
});
