import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodeOf, planStack, type Plan } from '@plinth/planning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const STACKS = resolve(import.meta.dirname, '../../stacks');
const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
const MINUTE = 60_000;
const README = readFileSync(join(STACKS, 'public-chat/README.md'), 'utf8');

/** US dollars in a row of the README's table of costs: idle, at the load, at worst. */
function written(env: string): number[] {
  const line = README.split('\n').find((each) => new RegExp(`^\\| ${env} +\\| [\\d.,]+ `).test(each)) ?? '';
  return line
    .split('|')
    .slice(2, 5)
    .map((cell) => Number(cell.replaceAll(',', '')));
}

const plans = new Map<string, Promise<Plan>>();

/** The stack as it is configured, planned once. */
function inOneRegion(env: string): Promise<Plan> {
  const plan = plans.get(env) ?? planStack({ stackDir: join(STACKS, 'public-chat'), env, timeoutMs: 2 * MINUTE });
  plans.set(env, plan);
  return plan;
}

function passes(plan: Plan): void {
  expect(exitCodeOf(plan)).toBe(0);
  expect(plan.findings.filter(({ kind, level }) => kind === 'not-yet-known' || level === 'mandatory')).toEqual([]);
}

describe.each(ENVIRONMENTS)('public chat as planned for %s', (env) => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await inOneRegion(env);
  }, 2 * MINUTE);

  it('passes both policy packs, with nothing left open', () => passes(plan));

  it('costs what its README says, give or take a twentieth', () => {
    const { idle, load, worst } = plan.cost.totalUsd;
    for (const [index, usd] of [idle, load, worst].entries()) {
      expect(written(env)[index], README).toBeGreaterThan(usd * 0.95);
      expect(written(env)[index]).toBeLessThan(usd * 1.05);
    }
  });

  it('stands in one Region, by the default provider', () => {
    expect(plan.resources.filter(({ type }) => type.startsWith('pulumi:providers:'))).toEqual([]);
    expect(plan.outputs['apiUrls']).toHaveProperty('us-east-1');
  });
});

describe('the example of two Regions in the README', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'plinth-two-regions-'));
  afterAll(() => rmSync(workspace, { recursive: true }));
  const [chat = {}, foundation = {}] = [...README.matchAll(/```yaml\n([^]*?)```/g)].map(
    ([, block = '']) => parse(block) as Record<string, unknown>,
  );
  let plan: Plan;

  /** A project whose program is the real one, with a configuration of its own. */
  function project(name: string, from: string, to: string, change: Record<string, unknown>): void {
    const folder = join(workspace, 'stacks', name);
    mkdirSync(folder, { recursive: true });
    const main = join(STACKS, name, 'index.ts');
    writeFileSync(join(folder, 'Pulumi.yaml'), stringify({ name: `plinth-${name}`, runtime: 'nodejs', main }));
    const { config } = parse(readFileSync(join(STACKS, name, `Pulumi.${from}.yaml`), 'utf8')) as { config: object };
    writeFileSync(join(folder, `Pulumi.${to}.yaml`), stringify({ config: { ...config, ...change } }));
  }

  beforeAll(async () => {
    writeFileSync(join(workspace, 'nx.json'), '{}');
    project('foundation', 'production', 'production', {});
    project('foundation', 'production', 'eu-west-1-production', {
      ...foundation,
      'plinth-foundation:delivery': null,
    });
    project('public-chat', 'production', 'production', chat);
    const stackDir = join(workspace, 'stacks/public-chat');
    plan = await planStack({ stackDir, env: 'production', timeoutMs: 2 * MINUTE });
  }, 3 * MINUTE);

  it('passes both policy packs, with nothing left open', () => passes(plan));

  it('costs 16 dollars more when idle', async () => {
    const alone = await inOneRegion('production');
    expect(README).toContain('A Region adds 16.00 a month when idle');
    expect(plan.cost.totalUsd.idle - alone.cost.totalUsd.idle).toBeCloseTo(16, 1);
  });

  it('stands on a foundation that passes too, and leaves what is the account’s to the first', async () => {
    const stackDir = join(workspace, 'stacks/foundation');
    const there = await planStack({ stackDir, env: 'eu-west-1-production', timeoutMs: 2 * MINUTE });
    passes(there);
    expect(there.resources.filter(({ type }) => /:(Trail|AnomalyMonitor|OpenIdConnectProvider)$/.test(type))).toEqual(
      [],
    );
    expect(there.resources.filter(({ type }) => type === 'aws:apigateway/account:Account')).toHaveLength(1);
  });

  it('names both Regions and one address', () => {
    expect(plan.outputs['apiUrl']).toBe('https://api.chat.example.com');
    expect(Object.keys(plan.outputs['apiUrls'] as object).sort()).toEqual(['eu-west-1', 'us-east-1']);
  });
});
