import { openEmbeddedStores } from '@plinth/stores/embedded';
import { Command } from 'commander';
import { dataFolder, stateFolder } from '../workspace.ts';

export function auditCommand(): Command {
  const audit = new Command('audit').description('the record of every decision');
  audit
    .command('verify')
    .description('prove that no record was changed, taken out or cut off')
    .option('--json', 'print the result as JSON')
    .action((options: { json?: boolean }) => verify(options.json === true));
  return audit;
}

async function verify(json: boolean): Promise<void> {
  const stores = await openEmbeddedStores({ folder: dataFolder(stateFolder(process.env)) });
  try {
    const result = await stores.audit.verify();
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else if (result.ok)
      process.stdout.write(`The audit log holds: ${result.records} records in ${result.chains} chain(s).\n`);
    else
      process.stdout.write(
        `The audit log is broken at record ${result.sequence} of chain ${result.chain}: ${result.problem}\n`,
      );
    if (!result.ok) process.exitCode = 2;
  } finally {
    await stores.close();
  }
}
