import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, SiteReport } from '@plinth/contracts';
import { writeDurably } from '../site/durable-file.ts';
import type { ReportSink } from './report-sink.ts';

/** A week of a site that has something to tell every minute. */
const KEPT = 10_000;

/**
 * Reports as files, `<journal>/<number>.json`: to be carried to the centre, or for a laptop that has none. One that comes twice is there once. The newest
 * `kept` stay: nobody may ever come for them, and they must not fill the disk.
 */
export function createFolderSink(folder: string, { kept = KEPT }: { readonly kept?: number } = {}): ReportSink {
  const fileOf = (journal: string, number: number) => join(folder, journal, `${String(number).padStart(9, '0')}.json`);
  return {
    async send(body) {
      const { journal, number } = SiteReport.parse(JSON.parse(body));
      try {
        await mkdir(join(folder, journal), { recursive: true, mode: 0o700 });
        await writeDurably(fileOf(journal, number), body);
        if (number > kept) await rm(fileOf(journal, number - kept), { force: true });
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        throw new PlatformError('storage_failed', `The folder of reports took none (${code ?? 'unknown error'}).`, {
          cause,
        });
      }
    },
  };
}
