import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RULES } from '@plinth/policies';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeAll(async () => {
  plinth = await openPlinth();
});
afterAll(() => plinth.close());

describe('plinth policy list', () => {
  it('names every rule, under the area it serves', async () => {
    const { code, stdout } = await plinth.run('policy', 'list');
    expect(code).toBe(0);
    for (const { id } of RULES) expect(stdout).toMatch(new RegExp(`^ +\\d+ {2}${id} `, 'm'));
    expect(stdout).toMatch(/^baseline · Network isolation$/m);
    expect(stdout).toContain(`${RULES.length} rules for 46 requirements`);
  });

  it('is JSON where asked', async () => {
    const rules = JSON.parse((await plinth.run('policy', 'list', '--json')).stdout) as { id: string; levels: object }[];
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    expect(rules[0]?.levels).toEqual({ dev: 'advisory', staging: 'mandatory', production: 'mandatory' });
  });
});

describe('plinth policy explain', () => {
  it('says of a rule what, why, how severe, where, what to do and where from', async () => {
    const { code, stdout } = await plinth.run('policy', 'explain', 'sagemaker-model-in-vpc');
    expect(code).toBe(0);
    for (const words of [
      'Models run in a VPC and their images come from a private registry.',
      'security groups and endpoint policies hold',
      'severity      high',
      'enforcement   dev advisory, staging mandatory, production mandatory',
      'Set vpcConfig',
      'SageMaker.16  https://docs.aws.amazon.com/securityhub/',
    ])
      expect(stdout).toContain(words);
  });

  it('explains every rule of a requirement by its number', async () => {
    const { stdout } = await plinth.run('policy', 'explain', '30', '--json');
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual([
      'sagemaker-two-instances',
      'sagemaker-rollback-alarms',
      'sagemaker-async-failure-path',
    ]);
  });

  it.each([
    ['sagemaker-modl', 'Did you mean sagemaker-endpoint-encryption'],
    ['99', '"plinth policy list" names them all'],
  ])('helps on when there is no rule %s', async (asked, hint) => {
    const { code, stderr } = await plinth.run('policy', 'explain', asked);
    expect(code).toBe(1);
    expect(stderr).toContain(`plinth: There is no rule "${asked}".`);
    expect(stderr).toContain(hint);
  });
});

describe('plinth policy test', () => {
  it('holds one stack in one environment to the rules, as JSON and as SARIF', async () => {
    const sarif = join(plinth.state, 'findings.sarif');
    const { code, stdout } = await plinth.run(
      ...['policy', 'test', '--stack', 'foundation', '--env', 'dev', '--json', '--sarif', sarif],
    );
    expect(code).toBe(0);
    const [judged, ...more] = JSON.parse(stdout) as { stack: string; environment: string; findings: object[] }[];
    expect(more).toEqual([]);
    expect(judged).toMatchObject({ stack: 'foundation', environment: 'dev' });
    const log = JSON.parse(await readFile(sarif, 'utf8')) as { runs: [{ results: object[] }] };
    expect(log.runs[0].results).toHaveLength(judged?.findings.length ?? -1);
  });

  it('says it to people too', async () => {
    const { stdout } = await plinth.run('policy', 'test', '--stack', 'foundation', '--env', 'dev');
    expect(stdout).toMatch(/^✔ foundation · dev {2}/);
    expect(stdout).toMatch(/\n\d+ rules over 1 plans\. Nothing would stop a deployment\.\n$/);
  });

  it.each([
    [['--stack', 'nothing'], 'There is no stack "nothing". Use one of: '],
    [['--env', 'prod'], 'There is no environment "prod". Use one of: dev, staging, production.'],
  ])('%j fails with what there is', async (args, message) => {
    const { code, stderr } = await plinth.run('policy', 'test', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
