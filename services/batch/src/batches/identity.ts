import type { Identity } from '@plinth/contracts';
import type { BatchRecord } from '@plinth/stores/batches';

/** Who asked for a batch, as they were when they did. */
export function identityOfBatch({ identity }: Pick<BatchRecord, 'identity'>): Identity {
  return JSON.parse(identity) as Identity;
}
