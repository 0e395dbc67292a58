import type { BatchObject } from '@plinth/contracts';
import type { PlatformApi } from '../api/platform-api.ts';
import { interruptible } from '../rag/interruptible.ts';
import { ProgressBar, type BarTarget } from '../rag/progress-bar.ts';
import { progressNote } from './render.ts';
import { untilEnded } from './until-ended.ts';

/** Follows a batch to its end: by a bar on a terminal, elsewhere by a line for each state. Ctrl-C ends the watching alone. */
export async function watchBatch(
  platform: PlatformApi,
  id: string,
  { quiet, target = process.stderr, now = Date.now }: { quiet: boolean; target?: BarTarget; now?: () => number },
): Promise<BatchObject> {
  const bar = new ProgressBar('Batch', target);
  let status = '';
  const seen = (batch: BatchObject) => {
    const { total, completed, failed } = batch.request_counts;
    if (quiet) return;
    if (target.isTTY === true) bar.draw(completed + failed, total, progressNote(batch, now()));
    else if (batch.status !== status) target.write(`${id} is ${batch.status}\n`);
    status = batch.status;
  };
  try {
    return await interruptible((signal) => untilEnded(platform, id, { seen, signal }));
  } finally {
    bar.clear();
  }
}
