import { PlatformError, SearchResult, type FoundPassage } from '@plinth/contracts';
import { cut, styleFor } from '@plinth/planning/report';
import { Command } from 'commander';
import { shownScores } from '../rag/explanation.ts';
import { parseFilter } from '../rag/filter.ts';
import { interruptible } from '../rag/interruptible.ts';
import { RagPlatform } from '../rag/platform.ts';
import { printable } from '../rag/printable.ts';

interface Options {
  readonly limit: string;
  readonly method?: string;
  readonly rerank?: boolean;
  readonly filter?: string;
  readonly json?: boolean;
  readonly url?: string;
}

const METHODS = ['hybrid', 'lexical', 'dense'];

export function ragSearchCommand(): Command {
  return new Command('search')
    .description('find passages, with the scores they were found by')
    .argument('<query>')
    .option('--limit <count>', 'passages at most, 1 to 100', '10')
    .option('--method <method>', METHODS.join(', '))
    .option('--rerank', 'have a model judge what was found')
    .option('--no-rerank', 'do not')
    .option('--filter <json>', 'metadata that must be equal, for example {"team":"hr"}')
    .option('--json', 'print as JSON')
    .option('--url <url>', 'where the retrieval service is')
    .addHelpText(
      'after',
      '\nExamples:\n  plinth rag search "travel costs" --limit 5\n  plinth rag search "VPN" --method lexical --filter \'{"team":"it"}\'',
    )
    .action(search);
}

async function search(query: string, options: Options): Promise<void> {
  const { method, rerank } = options;
  const limit = Number(options.limit);
  if (!/^\d{1,3}$/.test(options.limit) || limit < 1 || limit > 100)
    throw new PlatformError('configuration', '--limit is a whole number from 1 to 100.');
  if (method !== undefined && !METHODS.includes(method))
    throw new PlatformError('configuration', `--method is one of: ${METHODS.join(', ')}.`);
  const filter = parseFilter(options.filter);
  const platform = await RagPlatform.find(process.env, options);
  const json = { query, limit, method, rerank, filter };
  const found = await interruptible((signal) => platform.json('/v1/search', SearchResult, { json, signal }));
  if (options.json === true) process.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.data.length === 0) process.stdout.write('Nothing found that this key may read.\n');
  else process.stdout.write(`${found.data.map(shown).join('\n\n')}\n`);
}

function shown(passage: FoundPassage, index: number): string {
  const style = styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  const page = passage.pages === undefined ? '' : `, page ${passage.pages.first}`;
  const place = [passage.title, ...passage.heading_path].filter((part) => part !== '').join(' › ');
  const head = `${`${index + 1}.`.padStart(3)} ${style.bold(printable(place))}  ${style.dim(printable(`${passage.document_id}${page}`))}`;
  return `${head}\n    ${cut(printable(passage.text), 240)}\n    ${style.dim(shownScores(passage))}`;
}
