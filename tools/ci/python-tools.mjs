// Tools that come from PyPI, installed into `.plinth/tools` and nowhere else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const TOOLS = join(ROOT, '.plinth/tools');
const INSTALL_MS = 600_000;

/** Something is missing on this machine; the message says what to install. */
export class MissingTool extends Error {}

/**
 * Installs once per content of `key`: a second call with the same key finds the folder and does nothing. A folder is complete or absent,
 * also when two processes install at the same time.
 *
 * @param {string} name folder below `.plinth/tools`
 * @param {string} key what the folder's content follows from
 * @param {(folder: string) => void} install fills an empty folder
 * @returns {string} the folder
 */
export function installOnce(name, key, install) {
  const stamp = createHash('sha256').update(`${key} ${process.platform} ${process.arch}`).digest('hex');
  const folder = join(TOOLS, `${name}-${stamp.slice(0, 12)}`);
  if (existsSync(join(folder, '.complete'))) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  try {
    install(fresh);
    writeFileSync(join(fresh, '.complete'), '');
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** A Python with pip. */
export function findPython() {
  for (const python of ['python3', 'python'])
    if (spawnSync(python, ['-m', 'pip', '--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0) return python;
  throw new MissingTool('No Python with pip was found. Install one (on Debian: apt-get install python3-pip).');
}

/** @throws MissingTool when pip cannot */
export function pipInstall(python, folder, args) {
  const options = ['--quiet', '--disable-pip-version-check', '--target', folder];
  run(python, ['-m', 'pip', 'install', ...options, ...args], 'pip could not install it: is there a network?');
}

/** @throws MissingTool */
export function run(command, args, hint, env = {}) {
  const options = { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8', timeout: INSTALL_MS };
  const { status, stderr, error } = spawnSync(command, args, options);
  if (status === 0) return;
  const last = (stderr ?? '').trim().split('\n').slice(-5).join('\n');
  throw new MissingTool(`${command} ${args.join(' ')}: ${error?.message ?? `ended with ${status}`}. ${hint}\n${last}`);
}

export function has(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;
}

export function read(name) {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}
