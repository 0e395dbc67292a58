import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORKSPACE } from '../workspace.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command in a process of its own, on a state folder of its own. */
export async function openPlinth() {
  const state = await mkdtemp(join(tmpdir(), 'plinth-cli-'));
  const main = join(WORKSPACE, 'packages/cli/src/main.ts');
  const { PLINTH_PORT: _port, ...environment } = process.env;
  return {
    state,
    run: (...args: string[]) =>
      new Promise<Outcome>((resolve, reject) => {
        const options = { env: { ...environment, PLINTH_STATE_DIR: state }, timeout: 60_000 };
        execFile(process.execPath, ['--import', 'tsx', main, ...args], options, (error, stdout, stderr) => {
          if (error === null) resolve({ code: 0, stdout, stderr });
          else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
          else reject(error);
        });
      }),
    close: () => rm(state, { recursive: true, force: true }),
  };
}
