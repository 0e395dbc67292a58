import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planStackAgainst } from './plan-against.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const TIME = 90_000;

describe('a plan against another commit', () => {
  let checkout: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd: checkout,
      stdio: 'pipe',
      timeout: 20_000,
    });
  const stackDir = () => join(checkout, 'stacks/shared');

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'plinth-checkout-'));
    mkdirSync(join(checkout, 'stacks'));
    writeFileSync(join(checkout, 'nx.json'), '{}');
    writeFileSync(join(checkout, '.gitignore'), 'node_modules\n');
    symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
    cpSync(join(import.meta.dirname, '../__fixtures__/shared'), stackDir(), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=first');
  });
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  it('says what the working tree adds to it, and leaves nothing behind', { timeout: TIME }, async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('plinth-plan-'));
    const before = left();
    const program = join(stackDir(), 'index.ts');
    const text = readFileSync(program, 'utf8');
    writeFileSync(program, `${text}\nnew aws.kms.Key('second', { enableKeyRotation: true });\n`);
    const { changes } = await planStackAgainst({ stackDir: stackDir(), env: 'dev', against: 'main' });
    writeFileSync(program, text);
    expect(changes).toMatchObject({ existed: true, removed: [], changed: [] });
    expect(changes?.added.map(({ name }) => name)).toEqual(['second']);
    expect(changes?.monthlyUsd.idle).toEqual({ before: 1, after: 2 });
    expect(changes?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(left()).toEqual(before);
  });

  it('calls a stack new that the commit does not have', { timeout: TIME }, async () => {
    const fresh = join(checkout, 'stacks/fresh');
    cpSync(stackDir(), fresh, { recursive: true });
    expect(existsSync(fresh)).toBe(true);
    const { changes } = await planStackAgainst({ stackDir: fresh, env: 'dev', against: 'HEAD' });
    expect(changes).toMatchObject({ existed: false });
  });

  it.each(['no-such-branch', '--output=/etc/passwd', ''])('refuses %j, which is no commit', async (against) => {
    await expect(planStackAgainst({ stackDir: stackDir(), env: 'dev', against })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/There is no commit/),
    });
  });
});
