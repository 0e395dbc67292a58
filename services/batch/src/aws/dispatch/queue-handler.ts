import { PlatformError } from '@plinth/contracts';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readControlEvent, type ControlEvent } from './control-event.ts';
import type { Dispatcher } from './dispatcher.ts';

export interface DispatchHandlerOptions {
  readonly dispatcher: Dispatcher;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Milliseconds before the function's end at which what is in hand is given back. */
const RESERVE_MS = 5_000;

/** Works on messages one by one. One that could not be done comes back by the queue, and after some times goes to its dead letters. */
export function createDispatchHandler({ dispatcher, log }: DispatchHandlerOptions) {
  const act = async (event: ControlEvent, signal: AbortSignal): Promise<void> => {
    switch (event.kind) {
      case 'start':
        return dispatcher.start(event, signal);
      case 'cancel':
        return dispatcher.cancel(event, signal);
      case 'ended':
        return dispatcher.ended(event.run, signal);
      case 'sweep':
        return dispatcher.sweep(signal);
      case 'interruption':
        return log({ level: 'info', message: 'Spot took a machine back.', job: event.jobId });
    }
  };
  return async (event: SQSEvent, remainingMs: () => number): Promise<SQSBatchResponse> => {
    const signal = AbortSignal.timeout(Math.max(1, remainingMs() - RESERVE_MS));
    const failed: string[] = [];
    for (const { messageId, body } of event.Records)
      try {
        const control = readControlEvent(body);
        if (control === undefined) throw new PlatformError('invalid_request', 'A message is none that is known here.');
        await act(control, signal);
      } catch (thrown) {
        const { code, message, retryable } = PlatformError.from(thrown);
        log({ level: retryable ? 'warn' : 'error', message, code, messageId });
        failed.push(messageId);
      }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
