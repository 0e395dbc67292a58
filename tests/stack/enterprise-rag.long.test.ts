import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodeOf, planStack, type Plan } from '@plinth/planning';
import { beforeAll, describe, expect, it } from 'vitest';

const STACK = resolve(import.meta.dirname, '../../stacks/enterprise-rag');
const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
const MINUTE = 60_000;
/** What leads out of a VPC, or in from outside. */
const ROAD = /^aws:ec2\/(internetGateway|egressOnlyInternetGateway|natGateway|route:|vpnGateway|eip|carrierGateway)/i;

const README = readFileSync(resolve(STACK, 'README.md'), 'utf8');

/** US dollars in a row of the README's table of environments. */
function written(row: string, env: (typeof ENVIRONMENTS)[number]): number {
  const line = README.split('\n').find((each) => each.startsWith('|') && each.includes(row));
  const cell = line?.split('|')[2 + ENVIRONMENTS.indexOf(env)] ?? '';
  return Number(cell.replaceAll(/[^\d.]/g, ''));
}

describe.each(ENVIRONMENTS)('enterprise RAG as planned for %s', (env) => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planStack({ stackDir: STACK, env, signal: AbortSignal.timeout(MINUTE) });
  }, MINUTE);
  const ofType = (type: string) => plan.resources.filter((resource) => resource.type === type);

  it('passes both policy packs, with nothing left open', () => {
    expect(exitCodeOf(plan)).toBe(0);
    expect(plan.findings.filter(({ kind, level }) => kind === 'not-yet-known' || level === 'mandatory')).toEqual([]);
  });

  it('has no road to the internet in its graph, what is only estimated included', () => {
    const roads = plan.resources.filter(({ type }) => ROAD.test(type));
    expect(roads.map(({ urn }) => urn)).toEqual([]);
    expect(ofType('aws:ec2/vpc:Vpc')).toHaveLength(1);
    for (const { props } of ofType('aws:ec2/routeTable:RouteTable')) expect(props).not.toHaveProperty('routes');
  });

  it('is opened to named VPC endpoints alone', () => {
    expect(ofType('aws:apigateway/restApi:RestApi').map(({ props }) => props['endpointConfiguration'])).toEqual([
      { types: 'PRIVATE', vpcEndpointIds: expect.arrayContaining([expect.stringMatching(/^vpce-/)]) },
    ]);
  });

  it('costs what its README says, idle and at the load its settings name, to a fiftieth', () => {
    const { idle, load } = plan.cost.totalUsd;
    for (const [row, usd] of [
      ['idle, a month', idle],
      ['at the configured load', load],
    ] as const)
      expect(Math.abs(written(row, env) / usd - 1), `${row} in ${env}: $${Math.round(usd)}`).toBeLessThan(0.02);
  });
});
