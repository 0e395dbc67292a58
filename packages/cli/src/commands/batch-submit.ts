import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BatchObject, FileObject, PlatformError } from '@plinth/contracts';
import { Command } from 'commander';
import type { PlatformApi } from '../api/platform-api.ts';
import { findBatchPlatform } from '../batch/platform.ts';
import { showEnd } from '../batch/show-end.ts';
import { watchBatch } from '../batch/watch-batch.ts';
import { copyWithModel } from '../batch/with-model.ts';
import { interruptible } from '../rag/interruptible.ts';

interface Options {
  readonly model?: string;
  readonly window: string;
  readonly webhook?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

/** Of an upload, milliseconds: half a gigabyte at 300 KB a second. */
const UPLOAD_MS = 1_800_000;

export function batchSubmitCommand(): Command {
  return new Command('submit')
    .description('upload a file of requests and run it as a batch')
    .argument('<file>', 'JSON Lines, one request each')
    .option('--model <model>', 'ask this model, whatever the requests name')
    .option('--window <time>', 'how long it may take, in hours or days: 24h, 7d', '24h')
    .option('--webhook <url>', 'told by POST when it has ended')
    .option('--watch', 'follow it to its end')
    .option('--json', 'print the batch as JSON')
    .option('--url <url>', 'where the platform is')
    .addHelpText(
      'after',
      '\nExamples:\n  plinth batch submit requests.jsonl --watch\n  plinth batch submit requests.jsonl --model smollm2-135m-instruct --window 7d\n\nWith --watch it ends with code 1 when the batch has not completed.',
    )
    .action(submit);
}

async function submit(file: string, options: Options): Promise<void> {
  const platform = await findBatchPlatform(options);
  const batch = await interruptible((signal) => create(platform, file, options, signal));
  if (options.watch === true) {
    if (options.json !== true) process.stderr.write(`${batch.id}\n`);
    showEnd(await watchBatch(platform, batch.id, { quiet: options.json === true }), options);
  } else if (options.json === true) process.stdout.write(`${JSON.stringify(batch)}\n`);
  else process.stdout.write(`${batch.id}\nFollow it: plinth batch watch ${batch.id}\n`);
}

async function create(
  platform: PlatformApi,
  file: string,
  { model, window, webhook }: Options,
  signal: AbortSignal,
): Promise<BatchObject> {
  const input = await upload(platform, file, model, signal);
  const request = { input_file_id: input.id, endpoint: '/v1/chat/completions', completion_window: window };
  const plinth = webhook === undefined ? {} : { plinth: { webhook } };
  return platform.json('/v1/batches', BatchObject, { json: { ...request, ...plinth }, signal });
}

async function upload(
  platform: PlatformApi,
  file: string,
  model: string | undefined,
  signal: AbortSignal,
): Promise<FileObject> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new PlatformError('configuration', `There is no file "${file}".`);
  const folder = await mkdtemp(join(tmpdir(), 'plinth-batch-'));
  try {
    const copy = join(folder, 'requests.jsonl');
    if (model !== undefined) await copyWithModel(file, copy, model);
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', await openAsBlob(model === undefined ? file : copy), basename(file));
    return await platform.json('/v1/files', FileObject, { form, signal, longestMs: UPLOAD_MS });
  } finally {
    await rm(folder, { recursive: true });
  }
}
