import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { WORKSPACE } from '../workspace.ts';

const CONSOLE = join(WORKSPACE, 'services/console');
const TIMEOUT_MS = 120_000;

/** The built console's folder; built first when a source is newer than what is there. */
export async function builtConsole(say: (text: string) => void): Promise<string> {
  const dist = join(CONSOLE, 'dist');
  if (isCurrent(join(dist, 'index.html'))) return dist;
  say('Building the console');
  await run('npm', ['run', '--silent', 'build', '--', '--logLevel', 'error'], CONSOLE);
  return dist;
}

function isCurrent(built: string): boolean {
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  const folders = [join(CONSOLE, 'src'), join(CONSOLE, 'public')].filter((folder) => existsSync(folder));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const files = ['index.html', 'package.json', 'headers.ts', 'vite.config.ts'].map((name) => join(CONSOLE, name));
  return [...sources, ...files].every((source) => statSync(source).mtimeMs <= builtAt);
}

function run(command: string, args: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: TIMEOUT_MS });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new PlatformError('configuration', `The console could not be built:\n${output}`));
    });
  });
}
