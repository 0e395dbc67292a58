import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commentMarker } from '@plinth/planning';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commentPlans, gitHub, readPlans, type Comment, type PullRequests } from './ci-comment.ts';

const marker = (stack: string) => commentMarker({ project: `plinth-${stack}`, stack: 'production' });
const HEAD = { owner: 'ann', branch: 'cheaper', sha: 'b'.repeat(40) };
const RUN = 'https://example.com/run/1';

/** A pull request with comments, in memory. */
function pullRequest(before: readonly Comment[] = [], fork = false) {
  const comments = [...before];
  const github: PullRequests = {
    find: async ({ sha }) => (sha === HEAD.sha ? { number: 7, fork } : undefined),
    comments: async () => comments,
    create: async (_number, body) => void comments.push({ id: comments.length + 1, body, mine: true }),
    update: async (id, body) => {
      comments[comments.findIndex((each) => each.id === id)] = { id, body, mine: true };
    },
  };
  const comment = (plans: Record<string, string>, head = HEAD) =>
    commentPlans(github, { head, plans: new Map(Object.entries(plans)), runUrl: RUN });
  return { comments, comment };
}

describe('comments with plans', () => {
  it('are one for each stack, made once and renewed from then on', async () => {
    const { comments, comment } = pullRequest([{ id: 1, body: 'Looks good', mine: false }]);
    await comment({ [marker('foundation')]: 'first', [marker('public-chat')]: 'chat' });
    await comment({ [marker('foundation')]: 'second', [marker('public-chat')]: 'chat' });
    expect(comments.map(({ body }) => body.split('\n')[1] ?? body)).toEqual(['Looks good', 'second', 'chat']);
    expect(comments[1]?.body).toMatch(
      /^<!-- plinth-plan plinth-foundation production -->\nsecond\n\n<sub>.*bbbbbbbbbb/,
    );
  });

  it('say so when the change no longer touches the stack', async () => {
    const { comments, comment } = pullRequest();
    await comment({ [marker('foundation')]: 'old' });
    expect(await comment({})).toEqual([`retired ${marker('foundation')}`]);
    expect(comments[0]?.body).toContain('no longer touches `plinth-foundation`');
    expect(comments[0]?.body).not.toContain('old');
  });

  it('never change what somebody else wrote, marker or not', async () => {
    const theirs = { id: 1, body: `${marker('foundation')}\nmine!`, mine: false };
    const { comments, comment } = pullRequest([theirs]);
    await comment({ [marker('foundation')]: 'plan' });
    expect(comments[0]).toEqual(theirs);
    expect(comments).toHaveLength(2);
  });

  it('are not written for a head that is no longer the newest', async () => {
    const { comments, comment } = pullRequest();
    await comment({ [marker('foundation')]: 'plan' }, { ...HEAD, sha: 'c'.repeat(40) });
    expect(comments).toEqual([]);
  });

  it('from a fork say so and call nobody', async () => {
    const { comments, comment } = pullRequest([], true);
    await comment({ [marker('foundation')]: 'thanks @everybody' });
    expect(comments[0]?.body).toContain('the code of a fork');
    expect(comments[0]?.body).not.toMatch(/@\w/);
  });

  it('fit into what GitHub takes', async () => {
    const { comments, comment } = pullRequest();
    await comment({ [marker('foundation')]: 'a line of some length\n'.repeat(10_000) });
    expect(comments[0]?.body.length).toBeLessThan(65_536);
    expect(comments[0]?.body).toContain(`cut off; [the run](${RUN})`);
  });
});

describe('plans that a run left', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-plans-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are files with a marker; anything else is left out', async () => {
    await writeFile(join(folder, 'foundation.md'), `${marker('foundation')}\n### Plan\n`);
    await writeFile(join(folder, 'stacks.json'), '["foundation"]');
    await writeFile(join(folder, 'no-marker.md'), 'Buy now');
    await writeFile(join(folder, 'wrong.md'), '<!-- plinth-plan a b --> <b>x</b>\n');
    await writeFile(join(folder, 'large.md'), `${marker('large')}\n${'x'.repeat(1_100_000)}`);
    expect([...readPlans(folder)]).toEqual([[marker('foundation'), '### Plan']]);
  });

  it('may be missing', () => {
    expect(readPlans(join(folder, 'nothing')).size).toBe(0);
  });
});

describe('GitHub', () => {
  const answering = (answers: Record<string, unknown>) => {
    const asked: string[] = [];
    const send: typeof fetch = async (url, init) => {
      const path = `${init?.method} ${String(url).replace('https://api.test/repos/acme/platform/', '')}`;
      asked.push(path);
      expect(new Headers(init?.headers).get('authorization')).toBe('Bearer token');
      expect(init?.signal).toBeInstanceOf(AbortSignal);
      const answer = answers[path];
      return answer === undefined ? new Response('', { status: 404 }) : Response.json(answer);
    };
    return { asked, github: gitHub('https://api.test', 'acme/platform', 'token', send) };
  };

  it('is asked for the open pull request of a branch, and its head decides', async () => {
    const query = 'GET pulls?state=open&head=ann%3Acheaper&per_page=100';
    const pull = (sha: string, full_name: string) => ({ number: 7, head: { sha, repo: { full_name } } });
    const found = (answer: object) => answering({ [query]: [answer] }).github.find(HEAD);
    expect(await found(pull(HEAD.sha, 'ann/platform'))).toEqual({ number: 7, fork: true });
    expect(await found(pull(HEAD.sha, 'acme/platform'))).toEqual({ number: 7, fork: false });
    expect(await found({ number: 7, head: { sha: HEAD.sha, repo: null } })).toEqual({ number: 7, fork: true });
    expect(await found(pull('d'.repeat(40), 'ann/platform'))).toBeUndefined();
  });

  it('is asked for every page of comments, and only its own account is ours', async () => {
    const page = (from: number, count: number, login: string) =>
      Array.from({ length: count }, (_, index) => ({ id: from + index, body: null, user: { login } }));
    const { github } = answering({
      'GET issues/7/comments?per_page=100&page=1': page(0, 100, 'ann'),
      'GET issues/7/comments?per_page=100&page=2': page(100, 1, 'github-actions[bot]'),
    });
    const comments = await github.comments(7);
    expect(comments).toHaveLength(101);
    expect(comments.filter(({ mine }) => mine)).toEqual([{ id: 100, body: '', mine: true }]);
  });

  it('fails with what was asked when it refuses', async () => {
    await expect(answering({}).github.update(1, 'x')).rejects.toThrow(
      'GitHub answered PATCH issues/comments/1 with 404.',
    );
  });
});
