import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf, Plan, planStack, renderJson, renderTree, type PlansMade } from './index.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url));
const TIME = 60_000;

describe('the plan of a sound stack', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planStack({ stackDir: fixture('good'), env: 'dev' });
  }, TIME);

  const named = (type: string, name: string) =>
    plan.resources.find((resource) => resource.type === type && resource.name === name);

  it('holds every resource under its parent, in the order the program reads', () => {
    expect(plan.resources.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'stack fixture-good-dev',
      'component records',
      'resource records',
      'resource chat',
      'resource chat',
      'resource chat',
      'resource month',
      'resource key',
    ]);
    expect(named('aws:dynamodb/table:Table', 'records')?.parent).toBe(named('fixture:data:Records', 'records')?.urn);
    expect(named('aws:dynamodb/table:Table', 'records')?.urn).toBe(
      'urn:pulumi:dev::fixture-good::fixture:data:Records$aws:dynamodb/table:Table::records',
    );
  });

  it('knows the text around what only creation can tell', () => {
    const policy = named('aws:iam/rolePolicy:RolePolicy', 'chat')?.props['policy'] as { $unknown: string };
    const document = JSON.parse(policy.$unknown) as { Statement: { Resource: unknown }[] };
    expect(document.Statement.map(({ Resource }) => Resource)).toEqual([
      ['«table:records.arn»'],
      '«logGroup:chat.arn»:*',
      'arn:aws:kms:eu-west-1:000000000000:key/x',
    ]);
    expect(plan.outputs['table']).toEqual({ $unknown: '«table:records.name»' });
  });

  it('follows a value into the stack it comes from', () => {
    expect(named('aws:cloudwatch/logGroup:LogGroup', 'chat')?.props['kmsKeyId']).toEqual({
      $unknown: '«key:shared.arn»',
    });
    expect(plan.assumptions).toContain('Outputs of organization/fixture-shared/dev are as its own plan has them.');
  });

  it('never shows a secret', () => {
    expect(named('aws:ssm/parameter:Parameter', 'key')?.props['value']).toEqual({ $secret: true });
    expect(plan.outputs['secret']).toEqual({ $secret: true });
    expect(renderJson(plan)).not.toContain('(secret)');
  });

  it('has nothing against it', () => {
    expect(plan.findings).toEqual([]);
    expect(exitCodeOf(plan)).toBe(0);
  });

  it('is the same when it is made again', { timeout: TIME }, async () => {
    expect(renderJson(await planStack({ stackDir: fixture('good'), env: 'dev' }))).toBe(renderJson(plan));
  });

  it('reads back from its JSON', () => {
    expect(Plan.parse(JSON.parse(renderJson(plan)))).toEqual(plan);
  });
});

describe('the plan of a stack in which all is wrong', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planStack({ stackDir: fixture('bad'), env: 'production' });
  }, TIME);

  it('finds what is wrong, through ARNs that are not known', () => {
    const rules = new Set(plan.findings.map(({ rule }) => rule));
    for (const rule of [
      'iam-no-wildcard-action',
      's3-public-access-blocked',
      'lambda-no-environment-secrets',
      'ec2-no-open-ingress',
    ])
      expect(rules).toContain(rule);
    expect(plan.summary.mandatory).toBe(plan.findings.filter(({ level }) => level === 'mandatory').length);
  });

  it('ends in an exit code that stops a pipeline', () => {
    expect(exitCodeOf(plan)).toBe(1);
  });

  it('is milder in dev, where some rules only advise', { timeout: TIME }, async () => {
    const dev = await planStack({ stackDir: fixture('bad'), env: 'dev' });
    expect(dev.summary.mandatory).toBeLessThan(plan.summary.mandatory);
    expect(dev.summary.advisory).toBeGreaterThan(plan.summary.advisory);
  });

  it('shows on a terminal what is wrong, where, and what to do', () => {
    const text = renderTree(plan, { width: 100 });
    expect(text).toMatch(/└─ open {2}ec2\.SecurityGroup/);
    expect(text).toMatch(/✖ Security groups admit nobody from everywhere/);
    expect(text).toContain('→ Name the source');
    expect(text).toMatch(/mandatory findings would stop the deployment\n$/);
    expect(text).not.toContain('\u001B');
    expect(renderTree(plan, { color: true })).toContain('\u001B[31m');
  });
});

describe('the plan of a stack whose components are built elsewhere', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planStack({ stackDir: fixture('remote'), env: 'dev' });
  }, TIME);

  it('holds what they will create, marked as estimated and below them', () => {
    const vpc = plan.resources.find(({ type }) => type === 'awsx:ec2:Vpc');
    const children = plan.resources.filter(({ parent }) => parent === vpc?.urn);
    expect(children.filter(({ type }) => type === 'aws:ec2/subnet:Subnet')).toHaveLength(4);
    expect(children.every(({ estimated }) => estimated === true)).toBe(true);
    expect(plan.summary.estimated).toBe(children.length);
    expect(plan.assumptions).toContain(
      'What awsx:ec2:Vpc creates is estimated from its inputs: its plugin decides when it runs.',
    );
  });

  it('follows their outputs to the resource they come from', () => {
    expect(plan.resources.find(({ name }) => name === 'worker')?.props['subnetId']).toEqual({
      $unknown: '«subnet:net-private-1.id»',
    });
    expect(plan.outputs['subnets']).toEqual([
      { $unknown: '«subnet:net-private-1.id»' },
      { $unknown: '«subnet:net-private-2.id»' },
    ]);
  });

  it('judges and prices them as any other resource', () => {
    expect(plan.cost.lines.map(({ what }) => what)).toContain('NAT gateway');
    expect(plan.findings.map(({ rule }) => rule)).toContain('accelerator-allow-list');
  });

  it('plans Kubernetes, Cloud Control and dynamic resources without an engine', () => {
    const types = plan.resources.map(({ type }) => type);
    expect(types).toContain('kubernetes:helm.sh/v3:Release');
    expect(types).toContain('kubernetes:karpenter.sh/v1:NodePool');
    expect(types.filter((type) => type === 'kubernetes:core/v1:ConfigMap')).toHaveLength(2);
    expect(types).toContain('aws:cloudcontrol/resource:Resource');
    expect(plan.resources.find(({ type }) => type === 'pulumi-nodejs:dynamic:Resource')?.props).toEqual({
      instanceType: 'ml.g5.xlarge',
      instanceCount: 2,
    });
    expect(plan.outputs['endpointArn']).toEqual({ $unknown: '«resource:market.endpointArn»' });
  });

  it('names an object in Kubernetes after the resource it is', () => {
    const release = plan.resources.find(({ type }) => type === 'kubernetes:helm.sh/v3:Release');
    expect(release?.props['namespace']).toEqual({ $unknown: '«namespace:models.name»' });
  });

  it('follows what AWS looks up', () => {
    expect(plan.resources.find(({ name }) => name === 'worker')?.props['ami']).toEqual({
      $unknown: '«getParameter:/aws/service/ami.value»',
    });
  });
});

describe('plans that share a stack', () => {
  it('make its plan once', { timeout: TIME }, async () => {
    const made: PlansMade = new Map();
    const first = await planStack({ stackDir: fixture('good'), env: 'dev', made });
    const again = await planStack({ stackDir: fixture('good'), env: 'dev', made });
    expect(made.size).toBe(2);
    expect(again).toEqual(first);
  });
});

describe('a plan that cannot be made', () => {
  const refusal = (stackDir: string, env: string, options = {}) =>
    planStack({ stackDir, env, ...options }).then(
      () => expect.unreachable('it was planned'),
      (error: unknown) => error,
    );

  it('says which environments there are', async () => {
    expect(await refusal(fixture('bad'), 'prod')).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/no configuration for "prod".*Environments there are: dev, production/s),
    });
  });

  it('says that a folder is no stack', async () => {
    expect(await refusal('/nowhere/at/all', 'dev')).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/is no stack/),
    });
  });

  it('says which setting the program misses', { timeout: TIME }, async () => {
    expect(await refusal(fixture('broken'), 'dev')).toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/fixture-broken:owner/),
    });
  });

  it('stops when asked to', { timeout: TIME }, async () => {
    expect(await refusal(fixture('good'), 'dev', { signal: AbortSignal.abort() })).toMatchObject({
      code: 'client_closed',
    });
  });

  it('stops when it takes too long', { timeout: TIME }, async () => {
    expect(await refusal(fixture('endless'), 'dev', { timeoutMs: 2_500 })).toMatchObject({
      code: 'request_timeout',
      message: expect.stringMatching(/longer than 2.5 seconds/),
    });
  });

  it('falls back to opaque unknowns where a program refuses a stand-in', { timeout: TIME }, async () => {
    const plan = await planStack({ stackDir: fixture('picky'), env: 'dev' });
    expect(plan.assumptions.join('\n')).toMatch(/could not be followed/);
    expect(plan.resources.find(({ type }) => type.endsWith(':Alias'))?.props['targetKeyId']).toEqual({
      $unknown: null,
    });
  });
});
