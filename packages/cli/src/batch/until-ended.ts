import { setTimeout as wait } from 'node:timers/promises';
import { BatchObject, ENDED } from '@plinth/contracts';
import type { PlatformApi } from '../api/platform-api.ts';
import { batchPath } from './platform.ts';

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/** Looks at a batch, less and less often, until it has ended. @param seen Told of every look. */
export async function untilEnded(
  platform: PlatformApi,
  id: string,
  { seen, signal }: { readonly seen: (batch: BatchObject) => void; readonly signal: AbortSignal },
): Promise<BatchObject> {
  for (let pause = FIRST_MS; ; pause = Math.min(LONGEST_MS, pause * 1.3)) {
    const batch = await platform.json(batchPath(id), BatchObject, { signal });
    seen(batch);
    if (ENDED.has(batch.status)) return batch;
    await wait(pause, undefined, { signal });
  }
}
