import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { composeIngest, isDocumentName, mediaTypeOf } from '@plinth/ingest';
import { startLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { createOpenAIEmbedder, embeddedText, migrate, type ParsedDocument } from '@plinth/retrieval';
import { chunkDocument } from '@plinth/retrieval/chunk';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { createBoundedParser } from '@plinth/retrieval/parse';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { createWordPieceTokenizer } from '@plinth/tokens';

/**
 * `npx tsx tests/bench/ingest-throughput.ts [rounds]`: the seed corpus (the sample handbook and this project's own documents) through the whole of ingest, parsers
 * and embedded database included, against the same texts through the embedder alone, in turns, so that a busy machine slows both alike.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const ROUNDS = Number(process.argv[2] ?? 2);
const { signal } = new AbortController();
const tokens = createWordPieceTokenizer();
const chunk = (document: ParsedDocument) => chunkDocument(document, { tokens });

const local = await startLocal({ engine: new ScriptedEngine(), embeddings: true });
const embedder = createOpenAIEmbedder({
  baseUrl: local.openaiUrl,
  model: local.embeddingModelId ?? '',
  dimensions: 384,
});
const parser = createBoundedParser();
const documents = await seedCorpus();

const texts = new Set<string>();
for (const { name, bytes } of documents)
  for (const made of chunk(await parser.parse({ name, bytes, mediaType: mediaTypeOf(undefined, name) }, { signal })))
    texts.add(embeddedText(made));
console.log(`${documents.length} documents, ${texts.size} different chunks`);

let best = { alone: 0, ingest: 0 };
for (let round = 0; round < ROUNDS; round++) {
  const before = cpuSeconds();
  const alone = documents.length / (await embedAlone([...texts]));
  const between = cpuSeconds();
  const whole = await ingestAll();
  const ingest = documents.length / whole.seconds;
  const cpu = `CPU ${(between - before).toFixed(1)} s and ${whole.cpu.toFixed(1)} s`;
  best = { alone: Math.max(best.alone, alone), ingest: Math.max(best.ingest, ingest) };
  console.log(`${told({ alone, ingest })}; ${cpu}`);
}
console.log(`best: ${told(best)}`);
await parser.close();
await local.close();

function told({ alone, ingest }: typeof best): string {
  return `embedder alone ${alone.toFixed(2)} documents/s, ingest ${ingest.toFixed(2)}: ${(ingest / alone).toFixed(3)} of it`;
}

async function seedCorpus(): Promise<
  readonly { readonly id: string; readonly name: string; readonly bytes: Uint8Array }[]
> {
  const files = [join(ROOT, 'README.md')];
  for (const folder of ['docs', 'services/ingest/seed/handbook'])
    for (const path of await readdir(join(ROOT, folder), { recursive: true })) files.push(join(ROOT, folder, path));
  for (const name of await readdir(join(ROOT, 'packages')))
    if ((await readdir(join(ROOT, 'packages', name))).includes('README.md'))
      files.push(join(ROOT, 'packages', name, 'README.md'));
  const wanted = files.filter((path) => isDocumentName(path) && (!path.includes('/docs/') || path.endsWith('.md')));
  return Promise.all(
    wanted.map(async (path) => ({
      id: path.slice(ROOT.length + 1),
      name: basename(path),
      bytes: await readFile(path),
    })),
  );
}

/** Of all threads of this process: the model, the database and the rest, but not the parsers. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function embedAlone(all: readonly string[]): Promise<number> {
  const from = performance.now();
  for (let at = 0; at < all.length; at += 32) await embedder.embed(all.slice(at, at + 32), 'document', { signal });
  return (performance.now() - from) / 1_000;
}

/** From when the worker begins to the end of the last job. */
async function ingestAll(): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-throughput-'));
  const database = await openEmbeddedDatabase({ folder: join(folder, 'database') });
  await migrate(database, { embedding: embedder });
  let left = documents.length;
  let done: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (done = resolve));
  const platform = composeIngest({
    database,
    objects: await openEmbeddedObjects({ folder: join(folder, 'objects') }),
    parser,
    chunk,
    embedder,
    audit: {
      append: async (records) => {
        left -= records.length;
        if (left === 0) done();
      },
    },
    clock: { now: () => Date.now() },
    log: ({ message }) => console.log(message),
  });
  for (const { id, name, bytes } of documents)
    await platform.acceptor.accept(
      { tenant: 'acme', documentId: id, name, groups: ['everyone'], body: bytes },
      { signal },
    );
  const [from, cpu] = [performance.now(), cpuSeconds()];
  await platform.start();
  await finished;
  const taken = { seconds: (performance.now() - from) / 1_000, cpu: cpuSeconds() - cpu };
  await platform.stop();
  await database.close();
  await rm(folder, { recursive: true });
  return taken;
}
