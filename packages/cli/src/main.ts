import { PlatformError } from '@plinth/contracts';
import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { batchCommand } from './commands/batch.ts';
import { ciCommand } from './commands/ci.ts';
import { edgeCommand } from './commands/edge.ts';
import { keysCommand } from './commands/keys.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { ragCommand } from './commands/rag.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';

const program = new Command('plinth')
  .description('Run foundation models on AWS: the whole platform on a laptop, and the plan before anything exists.')
  .version('0.1.0')
  .addCommand(upCommand())
  .addCommand(statusCommand())
  .addCommand(planCommand())
  .addCommand(simulateCommand())
  .addCommand(policyCommand())
  .addCommand(ciCommand())
  .addCommand(keysCommand())
  .addCommand(auditCommand())
  .addCommand(ragCommand())
  .addCommand(batchCommand())
  .addCommand(edgeCommand());

explainErrors(program);

try {
  await program.parseAsync();
} catch (error) {
  const known = PlatformError.from(error);
  console.error(`plinth: ${known.code === 'internal' && error instanceof Error ? error.message : known.message}`);
  // Children that were being started would keep us waiting; they end with us.
  process.exit(1);
}

/** Commands made apart from the program do not take over its settings. */
function explainErrors(command: Command): void {
  command.showHelpAfterError();
  command.commands.forEach(explainErrors);
}
