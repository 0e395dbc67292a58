import { PlatformError } from '@plinth/contracts';
import { cut, styleFor, type Style } from '@plinth/planning/report';
import { Command } from 'commander';
import * as z from 'zod';
import { interruptible } from '../rag/interruptible.ts';
import { RagPlatform } from '../rag/platform.ts';
import { printable } from '../rag/printable.ts';
import { Document, DocumentPage } from '../rag/wire.ts';

interface Options {
  readonly limit: string;
  readonly after?: string;
  readonly remove?: string;
  readonly json?: boolean;
  readonly url?: string;
}

const PAGE = 100;
const MOST = 10_000;

export function ragDocumentsCommand(): Command {
  return new Command('documents')
    .description('the library, as this key may see it: state, version and groups of each document')
    .argument('[id]', 'one document')
    .option('--limit <count>', `documents at most, 1 to ${MOST}`, '100')
    .option('--after <id>', 'go on after this one')
    .option('--remove <id>', 'forget a document: its passages, texts and file')
    .option('--json', 'print as JSON')
    .option('--url <url>', 'where the retrieval service is')
    .addHelpText(
      'after',
      '\nExamples:\n  plinth rag documents\n  plinth rag documents handbook/leave.md\n  plinth rag documents --remove handbook/old.md',
    )
    .action(documents);
}

async function documents(id: string | undefined, options: Options): Promise<void> {
  const limit = Number(options.limit);
  if (!/^\d{1,5}$/.test(options.limit) || limit < 1 || limit > MOST)
    throw new PlatformError('configuration', `--limit is a whole number from 1 to ${MOST}.`);
  const platform = await RagPlatform.find(process.env, options);
  await interruptible(async (signal) => {
    if (options.remove !== undefined) {
      await platform.json(`/v1/documents/${encodeURIComponent(options.remove)}`, z.unknown(), {
        method: 'DELETE',
        signal,
      });
      process.stdout.write(`Removing ${options.remove}.\n`);
      return;
    }
    const style = styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
    if (id === undefined) return show(await listed(platform, limit, options.after, signal), options, style);
    const one = await platform.json(`/v1/documents/${encodeURIComponent(id)}`, Document, { signal });
    return show({ found: [one], more: false }, options, style);
  });
}

interface Listed {
  readonly found: readonly Document[];
  readonly more: boolean;
}

async function listed(
  platform: RagPlatform,
  limit: number,
  from: string | undefined,
  signal: AbortSignal,
): Promise<Listed> {
  const found: Document[] = [];
  let after = from;
  for (;;) {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, limit - found.length)) });
    if (after !== undefined) query.set('after', after);
    const page = await platform.json(`/v1/documents?${query}`, DocumentPage, { signal });
    found.push(...page.data);
    after = page.last_id ?? undefined;
    if (!page.has_more || after === undefined || found.length >= limit) return { found, more: page.has_more };
  }
}

function show({ found, more }: Listed, { json }: Options, style: Style): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  if (found.length === 0)
    process.stdout.write('No documents that this key may read. Add some: plinth rag ingest <path> --groups <groups>\n');
  for (const document of found) process.stdout.write(`${line(document, style)}\n`);
  const last = found.at(-1);
  if (more && last !== undefined) process.stdout.write(`There are more: --after "${printable(last.id)}"\n`);
}

function line(document: Document, style: Style): string {
  const { id, version, state, passages, groups, reason, progress } = document;
  const tone = { indexed: style.green, failed: style.red, running: style.cyan, queued: style.dim }[state];
  const detail =
    state === 'failed'
      ? (reason ?? '')
      : progress === null || progress === undefined
        ? ''
        : `${progress.step} ${progress.done}/${progress.total}`;
  const told = `${cut(printable(id), 60).padEnd(40)}  v${version}  ${String(passages).padStart(5)} passages  ${groups.join(',')}`;
  return `${tone(state.padEnd(8))}  ${printable(told)}${detail === '' ? '' : `  ${style.dim(cut(printable(detail), 120))}`}`;
}
