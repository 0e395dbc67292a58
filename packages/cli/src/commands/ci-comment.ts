/**
 * Puts plans into comments on a pull request: one comment for each stack, renewed in place. Run by itself, not by `plinth`, in the only job
 * that may write comments; so it imports nothing that would have to be installed there.
 *
 * The plans are what the code of a pull request wrote, perhaps a fork's: they are text to be bounded and passed on, nothing else. The pull
 * request they go to is looked up by the head that GitHub names, never read from them.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Head {
  readonly owner: string;
  readonly branch: string;
  readonly sha: string;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  /** GitHub's own account, which this job writes as. */
  readonly mine: boolean;
}

/** What is needed of GitHub. */
export interface PullRequests {
  /** The open one whose head this is, and whether it is a fork's. */
  find(head: Head): Promise<{ number: number; fork: boolean } | undefined>;
  comments(number: number): Promise<readonly Comment[]>;
  create(number: number, body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

/** First line of a plan as Markdown, made by `commentMarker` of `@plinth/planning`. */
const MARKER = /^<!-- plinth-plan ([a-z0-9-]{1,64}) ([a-z0-9-]{1,64}) -->$/;
/** GitHub takes 65,536 characters; what we add comes on top. */
const LONGEST = 60_000;
/** More stacks than this come from somebody who tries something. */
const MOST = 32;
const LARGEST_FILE = 1_000_000;
const REQUEST_MS = 30_000;
/** Of comments, a hundred each. */
const PAGES = 20;

/** Plans in a folder, by marker. Files that are none are left out. */
export function readPlans(folder: string): Map<string, string> {
  const plans = new Map<string, string>();
  if (!existsSync(folder)) return plans;
  for (const name of readdirSync(folder)
    .filter((each) => /^[a-z0-9-]+\.md$/.test(each))
    .slice(0, MOST)) {
    const file = join(folder, name);
    const about = statSync(file);
    if (!about.isFile() || about.size > LARGEST_FILE) continue;
    const text = readFileSync(file, 'utf8');
    const [marker = ''] = text.split('\n', 1);
    if (MARKER.test(marker)) plans.set(marker, text.slice(marker.length).trim());
  }
  return plans;
}

/** Creates, renews and retires comments. Returns what was done, a line each. */
export async function commentPlans(
  github: PullRequests,
  { head, plans, runUrl }: { head: Head; plans: ReadonlyMap<string, string>; runUrl: string },
): Promise<string[]> {
  const pull = await github.find(head);
  if (pull === undefined)
    return ['No open pull request has this head: a newer push has its own run, or it was closed.'];
  const mine = new Map<string, Comment>();
  for (const comment of await github.comments(pull.number)) {
    const [marker = ''] = comment.body.split('\n', 1);
    if (comment.mine && MARKER.test(marker.trim()) && !mine.has(marker.trim())) mine.set(marker.trim(), comment);
  }
  const foot = `<sub>[Run](${runUrl}) of ${head.sha.slice(0, 10)}${pull.fork ? ' · written by the code of a fork: check before you trust it' : ''}</sub>`;
  const done: string[] = [];
  for (const [marker, text] of plans) {
    const body = `${marker}\n${bounded(pull.fork ? unmentioned(text) : text, runUrl)}\n\n${foot}\n`;
    const existing = mine.get(marker);
    if (existing === undefined) await github.create(pull.number, body);
    else await github.update(existing.id, body);
    done.push(`${existing === undefined ? 'created' : 'renewed'} ${marker}`);
  }
  for (const [marker, comment] of mine) {
    if (plans.has(marker)) continue;
    const [, project] = MARKER.exec(marker) ?? [];
    await github.update(comment.id, `${marker}\nThis change no longer touches \`${project}\`.\n\n${foot}\n`);
    done.push(`retired ${marker}`);
  }
  return done;
}

/** Nobody is called by what a fork's code wrote. */
function unmentioned(text: string): string {
  return text.replaceAll(/@(?=\w)/g, '@\u200B');
}

function bounded(text: string, runUrl: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, text.lastIndexOf('\n', LONGEST))}\n\n… cut off; [the run](${runUrl}) has all of it.`;
}

/** GitHub's REST API. */
export function gitHub(api: string, repository: string, token: string, send: typeof fetch = fetch): PullRequests {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await send(`${api}/repos/${repository}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!response.ok) throw new Error(`GitHub answered ${method} ${path} with ${response.status}.`);
    return response.json();
  };
  return {
    async find({ owner, branch, sha }) {
      const query = new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, per_page: '100' });
      const found = (await ask('GET', `pulls?${query}`)) as PullAnswer[];
      const pull = found.find((each) => each.head.sha === sha);
      return pull && { number: pull.number, fork: pull.head.repo?.full_name !== repository };
    },
    async comments(number) {
      const all: Comment[] = [];
      for (let page = 1; page <= PAGES; page++) {
        const found = (await ask('GET', `issues/${number}/comments?per_page=100&page=${page}`)) as CommentAnswer[];
        all.push(
          ...found.map(({ id, body, user }) => ({ id, body: body ?? '', mine: user?.login === 'github-actions[bot]' })),
        );
        if (found.length < 100) break;
      }
      return all;
    },
    async create(number, body) {
      await ask('POST', `issues/${number}/comments`, { body });
    },
    async update(id, body) {
      await ask('PATCH', `issues/comments/${id}`, { body });
    },
  };
}

interface PullAnswer {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}
interface CommentAnswer {
  readonly id: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}

async function main(variables: Record<string, string | undefined>): Promise<void> {
  const needed = (name: string) => {
    const value = variables[name];
    if (value === undefined || value === '') throw new Error(`${name} is not set: this runs in a workflow.`);
    return value;
  };
  const github = gitHub(needed('GITHUB_API_URL'), needed('GITHUB_REPOSITORY'), needed('GITHUB_TOKEN'));
  const head = { owner: needed('HEAD_OWNER'), branch: needed('HEAD_BRANCH'), sha: needed('HEAD_SHA') };
  const folder = needed('PLANS');
  if (!existsSync(folder)) {
    process.stdout.write('The run left no plans: it ended before it made any. Comments stay as they are.\n');
    return;
  }
  const done = await commentPlans(github, { head, plans: readPlans(folder), runUrl: needed('RUN_URL') });
  process.stdout.write(`${done.join('\n')}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.env);
