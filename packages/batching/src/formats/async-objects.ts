import { objectIn, type EngineAnswer } from './file-format.ts';
import { ordinalOf, recordName } from './record-name.ts';

/** A request of the asynchronous endpoint that was handed in: an object each for the request, its answer and its failure. */
export interface AsyncCall {
  readonly ordinal: number;
  /** Where the answer will be, `s3://bucket/key`. */
  readonly output: string;
  /** Where it will be said that there is none. */
  readonly failure: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Name of a request's object. */
export const asyncRequestName = (ordinal: number): string => `${recordName(ordinal)}.json`;

/** A line that tells which call was made for a record: SageMaker chooses the names of its answers, and tells them once. */
export function asyncCallLine({ ordinal, output, failure, at }: AsyncCall): string {
  return JSON.stringify({ recordId: recordName(ordinal), output, failure, at });
}

/** The call a line tells of; undefined where it makes no sense. */
export function readAsyncCall(line: string): AsyncCall | undefined {
  const { recordId, output, failure, at } = objectIn(line) ?? {};
  const ordinal = ordinalOf(recordId);
  const told =
    ordinal !== undefined && typeof output === 'string' && typeof failure === 'string' && typeof at === 'number';
  return told ? { ordinal, output, failure, at } : undefined;
}

/** What came of a call: the object of its answer, or that of its failure, whose text is SageMaker's or the model's own. */
export function asyncAnswer(
  ordinal: number,
  found: { readonly answer: string } | { readonly failure: string },
): EngineAnswer | undefined {
  if ('failure' in found) return { ordinal, fault: { status: statusIn(found.failure), message: found.failure } };
  const output = objectIn(found.answer);
  return output === undefined ? undefined : { ordinal, output };
}

/** "Received client error (400) from primary …", as SageMaker tells what a container has answered. */
function statusIn(failure: string): number | undefined {
  const status = /\b(?:client|server) error \((\d{3})\)/.exec(failure)?.[1];
  return status === undefined ? undefined : Number(status);
}
