import { nodeBindings, type FrontContext } from '@plinth/front';

const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_MS = 5_000;

/**
 * Reads and drops what is left of a request that is refused, for a while: many clients read no answer before they have sent all, and see a broken
 * connection where it is closed on them.
 */
export async function readRest(context: FrontContext): Promise<void> {
  const incoming = nodeBindings(context)?.incoming;
  if (incoming === undefined || incoming.readableEnded || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const count = (chunk: Buffer) => void ((bytes += chunk.length) > MOST_BYTES && done());
    const done = () => {
      clearTimeout(timer);
      incoming.off('data', count).off('end', done).off('close', done).off('error', done).pause();
      resolve();
    };
    const timer = setTimeout(done, LONGEST_MS);
    incoming.on('data', count).once('end', done).once('close', done).once('error', done);
  });
}
