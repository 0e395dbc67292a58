import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { BatchObject, PlatformError } from '@plinth/contracts';
import { Command } from 'commander';
import type { PlatformApi } from '../api/platform-api.ts';
import { batchPath, findBatchPlatform } from '../batch/platform.ts';
import { interruptible } from '../rag/interruptible.ts';

interface Options {
  readonly output?: string;
  readonly errors?: string;
  readonly json?: boolean;
  readonly url?: string;
}

export function batchResultsCommand(): Command {
  return new Command('results')
    .description('the answers of a batch that has ended, in the order of its file')
    .argument('<id>')
    .option('-o, --output <file>', 'write the answers there; without it they are printed')
    .option('-e, --errors <file>', 'write the requests that have none there')
    .option('--json', 'print what was written as JSON; needs --output')
    .option('--url <url>', 'where the platform is')
    .addHelpText('after', '\nExample:\n  plinth batch results batch_123 -o answers.jsonl -e errors.jsonl')
    .action(results);
}

async function results(id: string, options: Options): Promise<void> {
  if (options.json === true && options.output === undefined)
    throw new PlatformError('configuration', '--json needs --output: the answers themselves are JSON Lines.');
  const platform = await findBatchPlatform(options);
  await interruptible(async (signal) => {
    const batch = await platform.json(batchPath(id), BatchObject, { signal });
    const { output_file_id: output, error_file_id: errors, request_counts: counts } = batch;
    if (output === null && errors === null)
      throw new PlatformError('configuration', `${id} is ${batch.status}: it has no answers.`);
    if (options.errors !== undefined && errors !== null) await save(platform, errors, options.errors, signal);
    if (options.output === undefined) return print(platform, output, signal);
    if (output !== null) await save(platform, output, options.output, signal);
    const written = { id, status: batch.status, output: options.output, ...counts };
    const unread = errors !== null && options.errors === undefined ? ' Read why: --errors <file>.' : '';
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(written)}\n`
        : `${counts.completed} answers in ${options.output}${counts.failed === 0 ? '' : `, ${counts.failed} requests have none`}.${unread}\n`,
    );
  });
}

/** Whole or not at all. */
async function save(platform: PlatformApi, fileId: string, path: string, signal: AbortSignal): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await pipeline(contentOf(platform, fileId, signal), createWriteStream(temporary, { mode: 0o600 }), { signal });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function print(platform: PlatformApi, fileId: string | null, signal: AbortSignal): Promise<void> {
  if (fileId === null) return;
  const decoder = new TextDecoder();
  for await (const bytes of contentOf(platform, fileId, signal))
    if (!process.stdout.write(decoder.decode(bytes, { stream: true })))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
}

function contentOf(platform: PlatformApi, fileId: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return platform.bytes(`/v1/files/${encodeURIComponent(fileId)}/content`, { signal });
}
