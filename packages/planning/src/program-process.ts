import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PlatformError } from '@plinth/contracts';
import type { ExportedValue, FromProgram, PlanRequest, StackOutputs } from './protocol.ts';
import { ProgramPlan } from './plan.ts';

const ENTRY = fileURLToPath(new URL('./program/main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** What a failing program wrote is repeated up to here, characters. */
const LONGEST_OUTPUT = 4_000;

export interface Planned {
  readonly plan: ProgramPlan;
  readonly exports: Readonly<Record<string, ExportedValue>>;
}

/**
 * Runs a program in a process of its own: the Pulumi runtime is global to a process, and a program that never ends can be stopped.
 *
 * @throws PlatformError `configuration` (what the program refuses), `internal` (the program failed), `request_timeout`, `client_closed`
 */
export function runInProcess(
  request: PlanRequest,
  stackOutputs: (name: string) => Promise<StackOutputs>,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<Planned> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  return new Promise((resolve, reject) => {
    const child = fork(ENTRY, [], {
      // A program's relative paths start at the folder it lies in, as with the engine.
      cwd: dirname(request.main),
      execArgv: ['--import', TSX],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    let output = '';
    const hear = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-LONGEST_OUTPUT));
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);

    const end = (settle: () => void) => {
      signal.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      settle();
    };
    const accept = ({ plan, exports }: Extract<FromProgram, { kind: 'planned' }>) => {
      const checked = ProgramPlan.safeParse(plan);
      if (checked.success) resolve({ plan: checked.data, exports });
      else
        reject(
          failed(request, `its plan has not the shape of a plan: ${checked.error.message}`, output, checked.error),
        );
    };
    const stop = () => end(() => reject(stopped(request, limit.aborted, options.timeoutMs)));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();

    child.on('error', (error) => end(() => reject(failed(request, error.message, output, error))));
    child.on('exit', (code) => end(() => reject(failed(request, `it ended with code ${code ?? 'none'}`, output))));
    child.on('message', (message: FromProgram) => {
      if (message.kind === 'need-stack-outputs')
        stackOutputs(message.name).then(
          (outputs) => child.connected && child.send(outputs),
          (error: unknown) => end(() => reject(PlatformError.from(error))),
        );
      else if (message.kind === 'planned') end(() => accept(message));
      else end(() => reject(refused(request, message, output)));
    });
    child.send(request);
  });
}

function stopped({ project, stack }: PlanRequest, timedOut: boolean, timeoutMs: number): PlatformError {
  return timedOut
    ? new PlatformError(
        'request_timeout',
        `Planning ${project} (${stack}) took longer than ${timeoutMs / 1000} seconds. Its program may wait for something that is not there.`,
      )
    : new PlatformError('client_closed', `Planning ${project} (${stack}) was stopped.`);
}

function refused(
  request: PlanRequest,
  failure: Extract<FromProgram, { kind: 'failed' }>,
  output: string,
): PlatformError {
  if (failure.configuration) return new PlatformError('configuration', failure.message);
  return failed(request, failure.message, output, new Error(failure.detail));
}

function failed({ project, stack }: PlanRequest, why: string, output: string, cause?: unknown): PlatformError {
  const said = output.trim() === '' ? '' : `\n${output.trim()}`;
  return new PlatformError(
    'internal',
    `The program of ${project} (${stack}) failed while it was planned: ${why}${said}`,
    { cause },
  );
}
