import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import PDFDocument from 'pdfkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DocumentParser, SourceDocument } from '../ports/document.ts';
import { createBoundedParser } from './bounded-parser.ts';
import { slowPage } from './testing/slow-page.ts';

const { signal } = new AbortController();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function parserOf(create: typeof createBoundedParser = createBoundedParser): DocumentParser {
  const parser = create();
  cleanups.push(() => parser.close());
  return parser;
}

const note: SourceDocument = { bytes: new TextEncoder().encode('Still here.'), mediaType: 'text/plain', name: 'a.txt' };
const reads = async (parser: DocumentParser) => expect((await parser.parse(note, { signal })).text).toBe('Still here.');

/** Readers that a process has started, by their ids. */
function readersOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
        return (
          fields[0] !== 'Z' &&
          Number(fields[1]) === parent &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bounded-child')
        );
      } catch {
        return false; // It ended while we looked.
      }
    })
    .map(Number);
}

async function readerOf(parent: number): Promise<number> {
  return vi.waitFor(() => {
    const [pid] = readersOf(parent);
    if (pid === undefined) throw new Error('no reader yet');
    return pid;
  }, 30_000);
}

const onLinux = describe.runIf(process.platform === 'linux');

describe('The reader', () => {
  it('that is closed in the middle of a document gives it back to be sent again', async () => {
    const parser = parserOf();
    await reads(parser);
    const [current, waiting] = [parser.parse(slowPage(), { signal }), parser.parse(note, { signal })].map((parsed) =>
      parsed.catch((error: unknown) => error),
    );
    await parser.close();
    expect(await current).toMatchObject({ code: 'overloaded', retryable: true });
    expect(await waiting).toMatchObject({ code: 'overloaded', retryable: true });
    await expect(parser.parse(note, { signal })).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('lets go of a document that nobody wants any more, in its turn or before it', async () => {
    const parser = parserOf();
    await reads(parser);
    const [first, second] = [new AbortController(), new AbortController()];
    const current = parser.parse(slowPage(), { signal: first.signal });
    const waiting = parser.parse(note, { signal: second.signal });
    second.abort(new Error('left the queue'));
    await expect(waiting).rejects.toThrow('left the queue');
    first.abort(new Error('left'));
    await expect(current).rejects.toThrow('left');
    await reads(parser);
  });
});

onLinux('The reader', () => {
  it('that was ended between documents is no fault of the next', async () => {
    const parser = parserOf();
    await reads(parser);
    const before = await readerOf(process.pid);
    process.kill(before, 'SIGKILL');
    await reads(parser);
    const after = await readerOf(process.pid);
    expect(after).not.toBe(before);
    await reads(parser);
    expect(await readerOf(process.pid)).toBe(after);
  });

  it('that has read others before is not taken for the document’s victim: a new one tries once more', async () => {
    const parser = parserOf();
    await reads(parser);
    const before = await readerOf(process.pid);
    const parsed = parser.parse(slowPage(), { signal }).catch((error: unknown) => error);
    process.kill(before, 'SIGKILL');
    await vi.waitFor(async () => expect(await readerOf(process.pid)).not.toBe(before), 30_000);
    await parser.close();
    expect(await parsed).toMatchObject({ code: 'overloaded' });
  });

  it('goes on when a signal to the whole group reaches it', async () => {
    const parser = parserOf();
    await reads(parser);
    const pid = await readerOf(process.pid);
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGTERM');
    await reads(parser);
    expect(await readerOf(process.pid)).toBe(pid);
  });

  it('ends with its parent, also from the middle of a loop', async () => {
    const script = `
      import { createBoundedParser } from ${JSON.stringify(new URL('./bounded-parser.ts', import.meta.url).href)};
      import { slowPage } from ${JSON.stringify(new URL('./testing/slow-page.ts', import.meta.url).href)};
      const parser = createBoundedParser();
      const options = { signal: new AbortController().signal };
      await parser.parse({ bytes: new Uint8Array([65]), mediaType: 'text/plain', name: 'a.txt' }, options);
      const parsed = parser.parse(slowPage(), options);
      setTimeout(() => process.stdout.write('reading'), 500);
      await parsed;`;
    const parent: ChildProcess = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => parent.kill('SIGKILL'));
    await new Promise((resolve) => parent.stdout!.once('data', resolve));
    const reader = await readerOf(parent.pid!);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(reader, 0)).toThrow('ESRCH'), { timeout: 5_000, interval: 50 });
  });
});

describe('In a bundle', () => {
  const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

  async function bundled(entryPoints: Record<string, string>, options: BuildOptions = {}): Promise<DocumentParser> {
    const outdir = mkdtempSync(join(tmpdir(), 'plinth-parse-'));
    cleanups.push(() => rmSync(outdir, { recursive: true, force: true }));
    await build({
      entryPoints,
      outdir,
      bundle: true,
      format: 'esm',
      platform: 'node',
      outExtension: { '.js': '.mjs' },
      banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
      logLevel: 'error',
      ...options,
    });
    const { createBoundedParser: create } = (await import(
      /* @vite-ignore */ pathToFileURL(join(outdir, 'index.mjs')).href
    )) as {
      createBoundedParser: typeof createBoundedParser;
    };
    return parserOf(create);
  }

  it('the reader finds all that it needs, for PDFs too', async () => {
    const parts: Buffer[] = [];
    const pen = new PDFDocument();
    const written = new Promise((resolve) => pen.on('data', (part: Buffer) => parts.push(part)).on('end', resolve));
    pen.text('In a bundle.').end();
    await written;
    const parser = await bundled(
      { index: beside('bounded-parser.ts'), 'retrieval-bounded-child': beside('bounded-child.ts') },
      { splitting: true },
    );
    await reads(parser);
    expect((await parser.parse({ bytes: Buffer.concat(parts), mediaType: '', name: 'a.pdf' }, { signal })).text).toBe(
      'In a bundle.',
    );
  });

  it('without the reader no document is blamed for it', async () => {
    const parser = await bundled({ index: beside('bounded-parser.ts') });
    await expect(parser.parse(note, { signal })).rejects.toMatchObject({
      code: 'overloaded',
      retryable: true,
      message: expect.stringMatching(/installation/),
    });
  });
});
