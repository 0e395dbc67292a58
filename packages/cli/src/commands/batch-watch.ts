import { Command } from 'commander';
import { findBatchPlatform } from '../batch/platform.ts';
import { showEnd } from '../batch/show-end.ts';
import { watchBatch } from '../batch/watch-batch.ts';

export function batchWatchCommand(): Command {
  return new Command('watch')
    .description('follow a batch to its end: how far, how fast, and until when')
    .argument('<id>')
    .option('--json', 'print the batch as JSON, once it has ended')
    .option('--url <url>', 'where the platform is')
    .addHelpText(
      'after',
      '\nExample:\n  plinth batch watch batch_123\n\nCtrl-C ends the watching and not the batch. Ends with code 1 when the batch has not completed.',
    )
    .action(async (id: string, options: { readonly json?: boolean; readonly url?: string }) => {
      const platform = await findBatchPlatform(options);
      showEnd(await watchBatch(platform, id, { quiet: options.json === true }), options);
    });
}
