import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WORKSPACE } from '../workspace.ts';

const GITHUB = join(WORKSPACE, '.github');
const files = readdirSync(GITHUB, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(workflows|actions)\/.*\.yml$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(GITHUB, name), 'utf8') }));
const workflows = files.filter(({ name }) => name.startsWith('workflows/'));
/** Jobs that run somewhere, without those that call another workflow: name and text. */
const jobs = workflows.flatMap(({ name, text }) =>
  text
    .slice(text.indexOf('\njobs:\n') + 7)
    .split(/^(?= {2}[a-z-]+:$)/m)
    .filter((job) => job.includes('runs-on:'))
    .map((job) => ({ name: `${name} ${job.split(':', 1)[0]?.trim()}`, text: job })),
);

/** What actionlint and zizmor do not ask for, or only online. */
describe('workflows', () => {
  it('are found', () => {
    expect(workflows.map(({ name }) => name)).toContain('workflows/pull-request.yml');
    expect(jobs.map(({ name }) => name)).toContain('workflows/pull-request.yml preview');
  });

  it.each(files)('$name names each action by commit, with its version beside it', ({ text }) => {
    const uses = [...text.matchAll(/uses: (\S+)(.*)$/gm)].filter(([, action]) => !action?.startsWith('./'));
    for (const [, action, comment] of uses) {
      expect(action).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('use one commit of each action everywhere', () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of files)
      for (const [, action = '', commit = ''] of text.matchAll(/uses: ([\w./-]+)@([0-9a-f]{40})/g))
        pins.set(action, (pins.get(action) ?? new Set()).add(commit));
    expect([...pins].filter(([, commits]) => commits.size > 1)).toEqual([]);
    expect(pins.size).toBeGreaterThan(4);
  });

  it.each(workflows)('$name gives no permission but by job', ({ text }) => {
    expect(text).toMatch(/^permissions: \{\}$/m);
  });

  it.each(jobs)('$name ends by itself and leaves no token behind', ({ text }) => {
    expect(text).toMatch(/^ {4}timeout-minutes: \d+$/m);
    expect(text).toMatch(/^ {4}permissions:$/m);
    const checkouts = text.split('actions/checkout@').length - 1;
    expect(text.split('persist-credentials: false').length - 1).toBe(checkouts);
  });

  it('hold no secret: whoever needs one shows an identity token', () => {
    for (const { text } of files) expect(text).not.toMatch(/secrets\./);
  });

  it('give an identity to no code of a fork', () => {
    const pullRequest = jobs.filter(({ name }) => name.startsWith('workflows/pull-request.yml'));
    for (const { text } of pullRequest.filter(({ text }) => text.includes('id-token')))
      expect(text).toMatch(/^ {4}if: .*head\.repo\.full_name == github\.repository/m);
  });

  it('write comments only where nothing of the pull request is run', () => {
    const writers = jobs.filter(({ text }) => text.includes('pull-requests: write'));
    expect(writers.map(({ name }) => name)).toEqual(['workflows/comment-plans.yml comment']);
    expect(writers[0]?.text).not.toMatch(/ref:|npm|npx/);
  });

  it('install the engine that the lock file has', () => {
    const action = files.find(({ name }) => name === 'actions/pulumi/action.yml');
    const lock = JSON.parse(readFileSync(join(WORKSPACE, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    expect(action?.text).toContain(`pulumi-version: ${lock.packages['node_modules/@pulumi/pulumi']?.version}\n`);
  });
});
