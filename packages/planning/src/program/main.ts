/** Entry point of the process that runs one stack program. It is given one request and gives one answer. */
import './lazy-modules.ts';
import { PlatformError } from '@plinth/contracts';
import type { FromProgram, StackOutputs, ToProgram } from '../protocol.ts';
import { runProgram } from './run-program.ts';

const waiting = new Map<string, (outputs: StackOutputs) => void>();

process.on('message', (message: ToProgram) => {
  if (message.kind === 'stack-outputs') waiting.get(message.name)?.(message);
  else runProgram(message, stackOutputs).then((planned) => answer({ kind: 'planned', ...planned }), fail);
});
// A resource that cannot be registered rejects where the program cannot catch it.
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

function stackOutputs(name: string): Promise<StackOutputs> {
  return new Promise((resolve) => {
    waiting.set(name, resolve);
    send({ kind: 'need-stack-outputs', name });
  });
}

let answered = false;

function answer(message: FromProgram): void {
  if (answered) return;
  answered = true;
  send(message, () => process.exit(0));
}

function fail(error: unknown): void {
  const isRunError = error instanceof Error && Reflect.get(error, '__pulumiRunError') === true;
  answer({
    kind: 'failed',
    configuration: isRunError || (error instanceof PlatformError && error.code === 'configuration'),
    message: error instanceof Error ? error.message : String(error),
    detail: error instanceof Error ? (error.stack ?? '') : '',
  });
}

function send(message: FromProgram, sent?: () => void): void {
  process.send?.(message, undefined, undefined, () => sent?.());
}
