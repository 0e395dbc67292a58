import { PlatformError } from '@plinth/contracts';
import { Unzip, UnzipInflate } from 'fflate';
import mammoth from 'mammoth';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { htmlText } from './html.ts';

/** Below `small` inflated bytes no ratio is asked for. */
const MOST = { entries: 2_000, inflatedBytes: 200_000_000, ratio: 200, small: 10_000_000 };
const PIECE = 16_384;
/** Beside what the library knows of itself. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Quote'] => blockquote:fresh",
  "p[style-name='Intense Quote'] => blockquote:fresh",
];

/** A Word document, by way of HTML: headings, lists and tables stay what they are. */
export async function parseDocx({ bytes }: SourceDocument): Promise<ParsedDocument> {
  refuseBomb(bytes);
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(bytes) },
      { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })), styleMap: STYLES },
    );
    return htmlText(value);
  } catch (error) {
    throw brokenDocument(error);
  }
}

/** Counts what the archive holds as it is inflated, and stops before it is too much: the sizes it claims may be lies. */
function refuseBomb(bytes: Uint8Array): void {
  let entries = 0;
  let inflated = 0;
  let broken = false;
  const unzip = new Unzip((file) => {
    entries++;
    // Nothing is thrown in here: the library would take it for a broken archive.
    file.ondata = (error, chunk) => {
      broken ||= error !== null;
      inflated += error === null ? chunk.length : 0;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  // In pieces, so that a piece cannot inflate to all of memory before it is counted.
  for (let at = 0; at < bytes.length && !broken; at += PIECE) {
    try {
      unzip.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    } catch {
      // Said below, in words for who sent it.
      broken = true;
    }
    if (
      entries > MOST.entries ||
      inflated > Math.min(MOST.inflatedBytes, Math.max(MOST.small, bytes.length * MOST.ratio))
    )
      throw new PlatformError(
        'request_too_large',
        'The Word document holds far more than its size tells. It is not read.',
      );
  }
  if (broken) throw brokenDocument();
}

function brokenDocument(cause?: unknown): PlatformError {
  return new PlatformError('invalid_request', 'The Word document is broken. Open and save it again.', { cause });
}
