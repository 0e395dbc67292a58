import { setTimeout as wait } from 'node:timers/promises';
import { PlatformError } from '@plinth/contracts';
import type { RagPlatform } from './platform.ts';
import { Document } from './wire.ts';

const LONGEST_MS = 600_000;

/** Looks at a document, less and less often, until it is indexed or has failed. */
export async function untilIndexed(platform: RagPlatform, id: string, signal: AbortSignal): Promise<Document> {
  const end = Date.now() + LONGEST_MS;
  for (let pause = 100; ; pause = Math.min(2_000, pause * 1.5)) {
    const document = await platform.json(`/v1/documents/${encodeURIComponent(id)}`, Document, { signal });
    if (document.state === 'indexed' || document.state === 'failed') return document;
    if (Date.now() > end)
      throw new PlatformError(
        'upstream_timeout',
        `${id} is still ${document.state} after ten minutes. "plinth rag documents" tells how far it is.`,
      );
    await wait(pause, undefined, { signal });
  }
}
