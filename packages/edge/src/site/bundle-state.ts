import { readFile } from 'node:fs/promises';
import { PlatformError } from '@plinth/contracts';
import * as z from 'zod/mini';
import { writeDurably } from './durable-file.ts';

const Taken = z.object({
  sequence: z.int(),
  /** SHA-256 of what was signed. */
  digest: z.string(),
  /** The envelope as it came: it is checked again at each start. */
  envelope: z.string(),
  /** By the site's clock, milliseconds since the epoch. */
  activatedAt: z.int(),
});
/** A bundle that was taken. */
export type Taken = z.infer<typeof Taken>;

const Rejected = z.object({ sequence: z.int(), digest: z.string(), problem: z.string(), at: z.int() });
/** A bundle that was active, did not do well, and is not taken again. */
export type Rejected = z.infer<typeof Rejected>;

const BundleState = z.object({
  version: z.literal(1),
  /** The highest sequence that was ever active. Nothing below it is taken, not even from whoever signs. */
  highest: z.int(),
  active: z.optional(Taken),
  previous: z.optional(Taken),
  /** The active bundle has yet to prove itself; how often the site was started with it meanwhile. */
  watch: z.optional(z.object({ starts: z.int() })),
  rejected: z.array(Rejected),
  /** When the centre was last heard to stand by what is active. */
  confirmedAt: z.int(),
  /** It was at least then: time does not go back, whatever a clock says. */
  clock: z.int(),
});
/** All that a site knows of its bundles, in one file: replacing that file is the one moment in which one bundle follows another. */
export type BundleState = z.infer<typeof BundleState>;

const NONE: BundleState = { version: 1, highest: 0, rejected: [], confirmedAt: 0, clock: 0 };

export async function readBundleState(path: string): Promise<BundleState> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return NONE;
  try {
    return BundleState.parse(JSON.parse(text));
  } catch (cause) {
    // To begin anew would be to forget what may not be taken again.
    throw new PlatformError(
      'configuration',
      `${path} is damaged. Bring it back from a copy, or remove it to begin anew.`,
      {
        cause,
      },
    );
  }
}

export function writeBundleState(path: string, state: BundleState): Promise<void> {
  return writeDurably(path, JSON.stringify(state));
}
