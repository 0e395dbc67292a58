import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlatformError } from '@plinth/contracts';

const run = promisify(execFile);
const TIME_MS = 60_000;

/** A commit's files in a folder of their own, with the installed packages of this checkout. */
export interface CommitFolder {
  readonly path: string;
  /** Full id. */
  readonly commit: string;
  remove(): Promise<void>;
}

/**
 * Unpacks a commit beside the working tree, which it leaves alone. Packages of the workspace are the commit's own, so its stacks run
 * with its own components; packages from npm are those installed now.
 *
 * @param reference Anything that git takes for a commit, `main` or `HEAD~2`.
 * @throws PlatformError `configuration` when there is no such commit, or the workspace is no git checkout
 */
export async function commitFolder(workspace: string, reference: string, signal?: AbortSignal): Promise<CommitFolder> {
  const commit = await commitOf(workspace, reference, signal);
  const path = await mkdtemp(join(tmpdir(), 'plinth-plan-'));
  const remove = () => rm(path, { recursive: true, force: true });
  try {
    await unpack(workspace, commit, path, signal);
    await linkPackages(workspace, path);
    return { path, commit, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function commitOf(workspace: string, reference: string, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run(
      'git',
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${reference}^{commit}`],
      { cwd: workspace, timeout: TIME_MS, signal },
    );
    return stdout.trim();
  } catch (error) {
    throw new PlatformError(
      'configuration',
      `There is no commit "${reference}" to plan against. Name a branch, a tag or a commit this checkout has; a shallow clone may have to fetch it first.`,
      { cause: error },
    );
  }
}

function unpack(workspace: string, commit: string, into: string, signal?: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(TIME_MS);
  const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  return new Promise((resolve, reject) => {
    const archive = spawn('git', ['archive', '--format=tar', commit], {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'ignore'],
      signal: until,
    });
    const tar = spawn('tar', ['-x', '-C', into], { stdio: ['pipe', 'ignore', 'ignore'], signal: until });
    const failed = (cause: unknown) =>
      reject(new PlatformError('internal', `The files of ${commit} could not be unpacked.`, { cause }));
    archive.on('error', failed);
    tar.on('error', failed);
    tar.stdin.on('error', failed);
    archive.stdout.pipe(tar.stdin);
    archive.on('close', (code) => code !== 0 && failed(new Error(`git archive ended with code ${code}`)));
    tar.on('close', (code) => (code === 0 ? resolve() : failed(new Error(`tar ended with code ${code}`))));
  });
}

/** Every installed package by a link, but for the workspace's own: those lead into the commit. */
async function linkPackages(workspace: string, path: string): Promise<void> {
  const installed = join(workspace, 'node_modules');
  const own = join(path, 'node_modules');
  await mkdir(join(own, '@plinth'), { recursive: true });
  for (const entry of await readdir(installed, { withFileTypes: true })) {
    if (entry.name === '@plinth' || entry.name.startsWith('.')) continue;
    await symlink(join(installed, entry.name), join(own, entry.name));
  }
  for (const area of ['packages', 'services', 'stacks', '.']) await linkWorkspace(join(path, area), own);
}

async function linkWorkspace(area: string, own: string): Promise<void> {
  if (!existsSync(area)) return;
  for (const { name } of await readdir(area, { withFileTypes: true })) {
    const manifest = join(area, name, 'package.json');
    if (name === 'node_modules' || !existsSync(manifest)) continue;
    const { name: packageName } = JSON.parse(await readFile(manifest, 'utf8')) as { name?: unknown };
    if (typeof packageName === 'string' && packageName.startsWith('@plinth/'))
      await symlink(join(area, name), join(own, packageName));
  }
}
