import { BatchList, PlatformError } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import { Command } from 'commander';
import { findBatchPlatform } from '../batch/platform.ts';
import { renderLine } from '../batch/render.ts';
import { interruptible } from '../rag/interruptible.ts';

interface Options {
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
  readonly url?: string;
}

export function batchListCommand(): Command {
  return new Command('list')
    .description('batches of this key’s organization, newest first')
    .option('--limit <count>', 'batches at most, 1 to 100', '20')
    .option('--after <id>', 'go on after this one')
    .option('--json', 'print them as JSON')
    .option('--url <url>', 'where the platform is')
    .addHelpText('after', '\nExample:\n  plinth batch list --limit 5')
    .action(list);
}

async function list(options: Options): Promise<void> {
  if (!/^([1-9]\d?|100)$/.test(options.limit))
    throw new PlatformError('configuration', '--limit is a whole number from 1 to 100.');
  const platform = await findBatchPlatform(options);
  const query = new URLSearchParams({ limit: options.limit, ...(options.after && { after: options.after }) });
  const page = await interruptible((signal) => platform.json(`/v1/batches?${query}`, BatchList, { signal }));
  if (options.json === true) return void process.stdout.write(`${JSON.stringify(page.data)}\n`);
  const style = styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  if (page.data.length === 0) process.stdout.write('No batches yet. Start one: plinth batch submit requests.jsonl\n');
  for (const batch of page.data) process.stdout.write(`${renderLine(batch, style)}\n`);
  if (page.has_more) process.stdout.write(`There are more: --after ${page.last_id}\n`);
}
