import { PlatformError } from '@plinth/contracts';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { isApart, joinLines, linesOf, usualGap, type Line } from './pdf-lines.ts';

const MOST_PAGES = 5_000;
/** A line this much larger than most is a heading. */
const HEADING = 1.15;
/** On how many of the pages a first or last line has to be to be the page's and not the text's. */
const REPEATED = 0.6;
const BULLET = /^[•◦▪‣●]\s*/;

/** A PDF's text layer: pages, headings by size, paragraphs by distance. */
export async function parsePdf({ bytes }: SourceDocument): Promise<ParsedDocument> {
  const { getDocument } = await loadPdf();
  const task = getDocument({
    data: new Uint8Array(bytes),
    isEvalSupported: false,
    useSystemFonts: false,
    disableFontFace: true,
    stopAtErrors: false,
    verbosity: 0,
  });
  try {
    const file = await task.promise;
    if (file.numPages > MOST_PAGES)
      throw new PlatformError('request_too_large', `The PDF has more than ${MOST_PAGES} pages. Split it.`);
    const pages: Line[][] = [];
    for (let number = 1; number <= file.numPages; number++) {
      const page = await file.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(
        linesOf(
          items.flatMap((item) =>
            'str' in item
              ? [
                  {
                    text: item.str,
                    x: Number(item.transform[4]),
                    y: Number(item.transform[5]),
                    width: item.width,
                    size: Math.hypot(Number(item.transform[2]), Number(item.transform[3])),
                  },
                ]
              : [],
          ),
        ),
      );
      page.cleanup();
    }
    const info = (await file.getMetadata().catch(() => undefined))?.info as { Title?: unknown } | undefined;
    return write(pages, typeof info?.Title === 'string' ? info.Title : undefined);
  } catch (error) {
    throw problemOf(error);
  } finally {
    await task.destroy().catch(() => undefined);
  }
}

function write(pages: readonly (readonly Line[])[], title: string | undefined): ParsedDocument {
  const text = new CanonicalText();
  const furniture = repeated(pages);
  const usual = usualSize(pages);
  for (const [index, lines] of pages.entries()) {
    const page = index + 1;
    let paragraph: Line[] = [];
    const flush = () => {
      if (paragraph.length === 0) return;
      const heading = paragraph[0]!.size > usual * HEADING && paragraph.length <= 3;
      const joined = joinLines(paragraph.map((line) => line.text));
      if (heading) text.add('heading', joined, { level: paragraph[0]!.size > usual * 1.6 ? 1 : 2, page });
      else if (BULLET.test(joined)) text.add('list-item', joined.replace(BULLET, ''), { page });
      else text.add('paragraph', joined, { page });
      paragraph = [];
    };
    const gap = usualGap(lines);
    for (const line of lines) {
      if (furniture.has(shapeOf(line.text))) continue;
      const last = paragraph.at(-1);
      if (
        last !== undefined &&
        (Math.abs(last.size - line.size) > 1 || BULLET.test(line.text) || isApart(last, line, gap))
      )
        flush();
      paragraph.push(line);
    }
    flush();
  }
  const parsed = text.finish(title, pages.length);
  if (parsed.blocks.length === 0)
    throw new PlatformError(
      'invalid_request',
      'The PDF has no text: its pages are pictures. Have them recognized (OCR) first.',
    );
  return parsed;
}

/** Headers and footers: first and last lines that most pages share, page numbers aside. */
function repeated(pages: readonly (readonly Line[])[]): ReadonlySet<string> {
  if (pages.length < 3) return new Set();
  const counts = new Map<string, number>();
  for (const lines of pages)
    for (const shape of new Set(
      [lines[0], lines.at(-1)].flatMap((line) => (line === undefined ? [] : [shapeOf(line.text)])),
    ))
      counts.set(shape, (counts.get(shape) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= pages.length * REPEATED).map(([shape]) => shape));
}

function shapeOf(text: string): string {
  return text.replace(/\d+/g, '#');
}

/** The size that most of the text has. */
function usualSize(pages: readonly (readonly Line[])[]): number {
  const characters = new Map<number, number>();
  for (const { size, text } of pages.flat()) {
    const rounded = Math.round(size * 2) / 2;
    characters.set(rounded, (characters.get(rounded) ?? 0) + text.length);
  }
  return [...characters].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}

function problemOf(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof Error && error.name === 'PasswordException')
    return new PlatformError('invalid_request', 'The PDF is encrypted. Save it without a password.');
  return new PlatformError('invalid_request', 'The PDF is broken. Open and save it again.', { cause: error });
}

async function loadPdf() {
  // Made when the module is read, for drawing; text needs none of it, and there is no canvas here.
  const globals = globalThis as { DOMMatrix?: unknown; Path2D?: unknown; ImageData?: unknown; pdfjsWorker?: unknown };
  globals.DOMMatrix ??= class DOMMatrix {};
  globals.Path2D ??= class Path2D {};
  globals.ImageData ??= class ImageData {};
  // The library would load it by a path of its own, which does not lead out of a bundle.
  // @ts-expect-error -- it comes without types, and is only handed on
  globals.pdfjsWorker ??= await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
  return import('pdfjs-dist/legacy/build/pdf.mjs');
}
