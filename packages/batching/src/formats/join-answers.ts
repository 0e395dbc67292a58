import type { PlacedRecord } from '../run/shard-records.ts';
import type { EngineAnswer } from './file-format.ts';

/** A record and what its engine says of it; without an answer where none came that could be read. */
export interface JoinedRecord extends PlacedRecord {
  readonly answer: EngineAnswer | undefined;
}

/**
 * Brings records and answers together: each record comes out once, whatever came of it. The first answer to a record counts; others, and
 * those to records that are not here, are passed over. Where answers come in about the order of the records little is held in memory; where
 * they come in any order, at most the records of the shard.
 *
 * @param records By rising ordinals.
 */
export async function* joinAnswers(
  records: AsyncIterable<PlacedRecord>,
  answers: AsyncIterable<EngineAnswer>,
): AsyncGenerator<JoinedRecord> {
  const iterator = records[Symbol.asyncIterator]();
  const waiting = new Map<number, PlacedRecord>();
  let read = -1;
  let ended = false;
  const readOn = async (): Promise<PlacedRecord | undefined> => {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else read = next.value.ordinal;
    return next.done === true ? undefined : next.value;
  };
  try {
    for await (const answer of answers) {
      while (!ended && read < answer.ordinal) {
        const record = await readOn();
        if (record !== undefined) waiting.set(record.ordinal, record);
      }
      const record = waiting.get(answer.ordinal);
      if (record === undefined) continue;
      waiting.delete(answer.ordinal);
      yield { ...record, answer };
    }
    for (const record of waiting.values()) yield { ...record, answer: undefined };
    for (let record = await readOn(); record !== undefined; record = await readOn())
      yield { ...record, answer: undefined };
  } finally {
    await iterator.return?.();
  }
}
