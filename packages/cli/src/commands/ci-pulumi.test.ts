import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WORKSPACE } from '../workspace.ts';

/** Notes its folder, environment and arguments, and fails where FAILS and ABSENT say so. */
const ENGINE = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const args = process.argv.slice(2);
const stack = args[args.indexOf('--stack') + 1];
appendFileSync(process.env.NOTES, JSON.stringify({ args, cwd: process.cwd(), env: process.env.PLINTH_ENV }) + '\\n');
if (args[0] === 'stack' && (process.env.ABSENT ?? '').includes(stack)) {
  console.error("error: no stack named '" + stack + "' found");
  process.exit(1);
}
if (args[0] !== 'stack' && (process.env.FAILS_ALL === '1' || (process.env.FAILS ?? '').includes(stack))) process.exit(1);
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-engine-'));
  await writeFile(join(folder, 'pulumi'), ENGINE);
  await chmod(join(folder, 'pulumi'), 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function pulumi(args: string[], variables: Record<string, string> = {}) {
  const notes = join(folder, 'notes');
  await writeFile(notes, '');
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}`, NOTES: notes, ...variables };
  const said = await new Promise<{ code: number; text: string }>((resolve) =>
    execFile(process.execPath, [join(WORKSPACE, 'tools/ci/pulumi.mjs'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    ),
  );
  const calls = (await readFile(notes, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { args: string[]; cwd: string; env: string });
  return { ...said, calls: calls.filter((call) => call.args[0] !== 'stack') };
}

describe.skipIf(process.platform === 'win32')('the engine in a workflow', () => {
  it('previews each stack in its own project, with both packs, for its environment', async () => {
    const { code, calls } = await pulumi(['preview', 'staging', 'foundation', 'public-chat']);
    expect(code).toBe(0);
    expect(calls.map(({ cwd }) => cwd)).toEqual([WORKSPACE, join(WORKSPACE, 'stacks/public-chat')]);
    expect(calls.map(({ args }) => args[args.indexOf('--stack') + 1])).toEqual([
      'organization/plinth-foundation/staging',
      'organization/plinth-public-chat/staging',
    ]);
    for (const { args, env } of calls) {
      expect(env).toBe('staging');
      expect(args.filter((_, index) => args[index - 1] === '--policy-pack')).toEqual([
        join(WORKSPACE, 'policies/baseline'),
        join(WORKSPACE, 'policies/genai'),
      ]);
    }
  });

  it('goes on after a preview that failed, and fails in the end', async () => {
    const names = { PULUMI_ORGANIZATION: 'acme', FAILS: 'acme/plinth-foundation/dev' };
    const { code, calls, text } = await pulumi(['preview', 'dev', 'foundation', 'public-chat'], names);
    expect(calls).toHaveLength(2);
    expect(code).toBe(1);
    expect(text).toContain('pulumi preview failed: foundation.');
  });

  it('leaves out of a preview what is not deployed yet, and says how to', async () => {
    const absent = { ABSENT: 'organization/plinth-public-chat/dev' };
    const { code, calls, text } = await pulumi(['preview', 'dev', 'public-chat'], absent);
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(text).toContain('pulumi stack init organization/plinth-public-chat/dev');
  });

  it('never deploys the foundation, and stops at the first stack that fails', async () => {
    const { calls: none } = await pulumi(['up', 'dev', 'foundation']);
    expect(none).toEqual([]);
    const { code, calls } = await pulumi(['up', 'dev'], { FAILS_ALL: '1' });
    expect(code).toBe(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.args).toContain('--yes');
    expect(calls[0]?.cwd).not.toBe(WORKSPACE);
  });

  it.each([
    [['destroy', 'dev'], 'Say preview or up.'],
    [['up', 'prod'], 'Name an environment: dev, staging, production.'],
    [['up', 'dev', '../x'], 'There is no stack "../x"'],
  ])('refuses %j', async (args, message) => {
    const { code, calls, text } = await pulumi(args);
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(text).toContain(message);
  });
});
