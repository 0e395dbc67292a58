import { BatchObject } from '@plinth/contracts';
import { Command } from 'commander';
import { batchPath, findBatchPlatform } from '../batch/platform.ts';
import { interruptible } from '../rag/interruptible.ts';

export function batchCancelCommand(): Command {
  return new Command('cancel')
    .description('end a batch; what is answered by then is kept and paid')
    .argument('<id>')
    .option('--json', 'print the batch as JSON')
    .option('--url <url>', 'where the platform is')
    .addHelpText('after', '\nExample:\n  plinth batch cancel batch_123')
    .action(async (id: string, options: { readonly json?: boolean; readonly url?: string }) => {
      const platform = await findBatchPlatform(options);
      const call = { method: 'POST' as const };
      const batch = await interruptible((signal) =>
        platform.json(`${batchPath(id)}/cancel`, BatchObject, { ...call, signal }),
      );
      process.stdout.write(options.json === true ? `${JSON.stringify(batch)}\n` : `${batch.id} is ${batch.status}.\n`);
    });
}
