import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { createOpenAIEmbedder, dropRetiredSpaces, openPostgresDatabase, reembed } from '@plinth/retrieval';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { Command } from 'commander';
import { interruptible } from '../rag/interruptible.ts';
import { ProgressBar } from '../rag/progress-bar.ts';
import { stateFolder } from '../workspace.ts';

interface Options {
  readonly model: string;
  readonly dimensions: string;
  readonly embeddings: string;
  readonly database?: string;
  readonly drop?: boolean;
  readonly json?: boolean;
}

const HELP = `
The index goes on serving by its old model until every passage has a vector of the new one; then it switches, at once. Stopped at any point,
the same command goes on where it was. From the switch on, services must embed by the new model: set PLINTH_EMBEDDING_MODEL and
PLINTH_EMBEDDING_DIMENSIONS and start them again. --drop removes the old vectors, when no service is left that searches by them.

Without --database it is the embedded index of this machine, which one process has at a time: stop the platform first.

Examples:
  plinth rag reembed --model bge-small --dimensions 384 --embeddings http://127.0.0.1:8085
  plinth rag reembed --model bge-m3 --dimensions 1024 --embeddings http://embedder:80 --database postgres://owner@db/plinth --drop`;

export function ragReembedCommand(): Command {
  return new Command('reembed')
    .description('move the index to another embedding model while it serves')
    .requiredOption('--model <model>', 'the new model, by the name its server knows')
    .requiredOption('--dimensions <count>', 'numbers in one of its vectors')
    .requiredOption('--embeddings <url>', "a server of OpenAI's /v1/embeddings that has it; ends before /v1")
    .option('--database <url>', 'a PostgreSQL server, signed in to as the owner of the tables; or PLINTH_PG_URL')
    .option('--drop', 'remove the vectors of models that were replaced')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { model, drop, json } = options;
  const dimensions = Number(options.dimensions);
  if (!/^\d{1,4}$/.test(options.dimensions) || dimensions < 1)
    throw new PlatformError('configuration', '--dimensions is a whole number, for example 384.');
  if (!/^https?:\/\//.test(options.embeddings) || !URL.canParse(options.embeddings))
    throw new PlatformError('configuration', '--embeddings is an address, for example http://127.0.0.1:8085.');
  const embedder = createOpenAIEmbedder({ baseUrl: options.embeddings.replace(/\/+$/, ''), model, dimensions });
  const database = await open(options.database ?? process.env['PLINTH_PG_URL']);
  try {
    await interruptible(async (signal) => {
      const bar = new ProgressBar('Embedded', process.stderr);
      const onProgress = ({ done, total }: { done: number; total: number }) => bar.draw(done, total);
      const { n, passages } = await reembed({ database, embedder, signal, onProgress }).finally(() => bar.clear());
      // What was replaced a moment ago may still be searched by somebody: that is for --drop of a later call.
      const dropped = drop === true ? await dropRetiredSpaces(database, { signal }) : 0;
      const outcome = { model, space: n, passages, dropped };
      process.stdout.write(json === true ? `${JSON.stringify(outcome)}\n` : told(outcome, drop === true));
    });
  } finally {
    await database.close();
  }
}

async function open(url: string | undefined) {
  if (url !== undefined) return openPostgresDatabase({ target: { kind: 'url', url }, connections: 1 });
  const folder = join(process.env['PLINTH_RETRIEVAL_DIR'] ?? join(stateFolder(process.env), 'retrieval'), 'index');
  if (existsSync(folder)) return openEmbeddedDatabase({ folder });
  throw new PlatformError(
    'configuration',
    `There is no index in "${folder}". Start the platform once, or name a server with --database.`,
  );
}

interface Outcome {
  readonly model: string;
  readonly space: number;
  readonly passages: number;
  readonly dropped: number;
}

function told({ model, space, passages, dropped }: Outcome, asked: boolean): string {
  const old = asked ? ` ${dropped} replaced space${dropped === 1 ? '' : 's'} removed.` : '';
  return `The index is in space ${space}, of "${model}"; ${passages} passage${passages === 1 ? '' : 's'} embedded.${old}\n`;
}
