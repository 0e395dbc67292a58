import { openAsBlob } from 'node:fs';
import { PlatformError } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import { Command } from 'commander';
import { findUploads, type Upload } from '../rag/find-uploads.ts';
import { interruptible } from '../rag/interruptible.ts';
import { RagPlatform } from '../rag/platform.ts';
import { printable } from '../rag/printable.ts';
import { ProgressBar } from '../rag/progress-bar.ts';
import { untilIndexed } from '../rag/until-indexed.ts';
import { Accepted } from '../rag/wire.ts';

interface Options {
  readonly groups: string;
  readonly metadata?: string;
  readonly prefix: string;
  readonly wait: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

/** Files on their way at once. */
const AT_ONCE = 4;

interface Outcome {
  readonly id: string;
  readonly version?: number;
  readonly state: string;
  readonly reason?: string;
}

export function ragIngestCommand(): Command {
  return new Command('ingest')
    .description('upload a file or a folder, and wait until it can be found')
    .argument('<path>')
    .requiredOption('--groups <groups>', 'who may read it: groups of this key, with commas between them')
    .option('--prefix <text>', 'put before the ids, which are the paths below the folder', '')
    .option('--metadata <json>', 'for filters, for example {"team":"hr"}')
    .option('--no-wait', 'do not wait for the index')
    .option('--json', 'print what became of each file as JSON')
    .option('--url <url>', 'where the retrieval service is')
    .addHelpText(
      'after',
      '\nExamples:\n  plinth rag ingest handbook/ --groups staff\n  plinth rag ingest plan.pdf --groups board,hr --metadata \'{"team":"hr"}\'\n\nWhat a folder holds beside documents (md, txt, html, pdf, docx, csv, json) is passed over. The same file again changes nothing.\nEnds with code 1 when a file could not be read or indexed.',
    )
    .action(ingest);
}

async function ingest(path: string, options: Options): Promise<void> {
  const groups = options.groups.split(',').map((group) => group.trim());
  if (groups.includes(''))
    throw new PlatformError('configuration', '--groups is one or more names, for example staff,hr.');
  checkJson(options.metadata);
  const uploads = await findUploads(path, options.prefix);
  const platform = await RagPlatform.find(process.env, options);
  const outcomes = await interruptible(async (signal) => {
    const bar = new ProgressBar('Indexed', process.stderr);
    try {
      return await inTurns(uploads, (upload) => ingestOne(platform, upload, { groups, options, signal }), bar);
    } finally {
      bar.clear();
    }
  });
  report(outcomes, options);
}

async function ingestOne(
  platform: RagPlatform,
  { file, id, name }: Upload,
  { groups, options, signal }: { groups: readonly string[]; options: Options; signal: AbortSignal },
): Promise<Outcome> {
  try {
    const form = new FormData();
    form.set('id', id);
    form.set('groups', groups.join(','));
    if (options.metadata !== undefined) form.set('metadata', options.metadata);
    form.set('file', await openAsBlob(file), name);
    const accepted = await platform.json('/v1/documents', Accepted, { form, signal });
    if (!options.wait) return { id, version: accepted.version, state: accepted.state };
    const { version, state, reason } = await untilIndexed(platform, id, signal);
    return {
      id,
      version,
      state: accepted.unchanged === true ? 'unchanged' : state,
      ...(typeof reason === 'string' ? { reason } : {}),
    };
  } catch (error) {
    // One file that is refused does not keep the others back; a platform that is gone does.
    const known = PlatformError.from(error);
    if (known.code !== 'upstream_rejected') throw error;
    return { id, state: 'refused', reason: known.message };
  }
}

async function inTurns(
  uploads: readonly Upload[],
  work: (upload: Upload) => Promise<Outcome>,
  bar: ProgressBar,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let [next, done] = [0, 0];
  bar.draw(0, uploads.length);
  const worker = async () => {
    for (let at = next++; at < uploads.length; at = next++) {
      outcomes[at] = await work(uploads[at]!);
      bar.draw(++done, uploads.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

function report(outcomes: readonly Outcome[], { json, wait }: Options): void {
  const bad = outcomes.filter(({ state }) => state === 'failed' || state === 'refused');
  if (bad.length > 0) process.exitCode = 1;
  if (json === true) {
    process.stdout.write(`${JSON.stringify(outcomes)}\n`);
    return;
  }
  const style = styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  for (const { id, state, reason } of bad)
    process.stdout.write(`${style.red('✖')} ${printable(`${id}: ${state}. ${reason ?? ''}`)}\n`);
  const unchanged = outcomes.filter(({ state }) => state === 'unchanged').length;
  const good = outcomes.length - bad.length - unchanged;
  process.stdout.write(`${good} ${wait ? 'indexed' : 'accepted'}, ${unchanged} unchanged, ${bad.length} failed.\n`);
}

function checkJson(text: string | undefined): void {
  try {
    if (text !== undefined) JSON.parse(text);
  } catch {
    throw new PlatformError('configuration', '--metadata is a JSON object, for example {"team":"hr"}.');
  }
}
