import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, SiteReport } from '@plinth/contracts';
import { writeDurably } from '../site/durable-file.ts';
import type { ReportSink } from './report-sink.ts';

/** Reports as files, `<journal>/<number>.json`: to be carried to the centre, or for a laptop that has none. One that comes twice is there once. */
export function createFolderSink(folder: string): ReportSink {
  return {
    async send(body) {
      const { journal, number } = SiteReport.parse(JSON.parse(body));
      try {
        await mkdir(join(folder, journal), { recursive: true, mode: 0o700 });
        await writeDurably(join(folder, journal, `${String(number).padStart(9, '0')}.json`), body);
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        throw new PlatformError('storage_failed', `The folder of reports took none (${code ?? 'unknown error'}).`, {
          cause,
        });
      }
    },
  };
}
