import { PlatformError } from '@plinth/contracts';
import { parsePartHeader, type PartHeader } from './part-header.ts';

export interface FormPart extends PartHeader {
  /** To be read to its end before the next part is asked for; what is left of it is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

const HEADER_BYTES = 16_384;
const PARTS = 32;
/** Between parts and after the last: nothing of use is there. */
const SKIPPED_BYTES = 65_536;

/**
 * The parts of a `multipart/form-data` body, one after the other as they come, never more in memory than a chunk of the network and a header.
 * Throws `invalid_request` where it is not one or breaks off. Source: RFC 2046, section 5.1, and RFC 7578.
 */
export async function* readMultipart(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<FormPart> {
  const input = new FormInput(boundaryOf(contentType), body);
  let skipped = 0;
  for await (const bytes of input.untilDelimiter()) if ((skipped += bytes.byteLength) > SKIPPED_BYTES) throw broken();
  for (let part = 0; !(await input.atEnd()); part++) {
    if (part === PARTS) throw new PlatformError('invalid_request', `A form has at most ${PARTS} parts.`);
    const header = parsePartHeader(await input.header());
    const content = input.untilDelimiter();
    yield { ...header, body: content };
    for await (const _ of content);
  }
}

function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined)
    throw new PlatformError('invalid_request', 'Send a form: the content type is multipart/form-data with a boundary.');
  return boundary;
}

/** A body, read up to what is looked for. */
class FormInput {
  readonly #delimiter: Buffer;
  readonly #source: AsyncIterator<Uint8Array>;
  /** Begins with a line break, so that the first delimiter is like the others. */
  #buffer: Buffer = Buffer.from('\r\n');

  constructor(boundary: string, body: AsyncIterable<Uint8Array>) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#source = body[Symbol.asyncIterator]();
  }

  /** Everything before the next delimiter, which is taken off. */
  async *untilDelimiter(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const found = this.#buffer.indexOf(this.#delimiter);
      if (found >= 0) {
        const last = this.#take(found);
        this.#take(this.#delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      // The end of it may be the beginning of a delimiter.
      const sure = this.#buffer.length - this.#delimiter.length + 1;
      if (sure > 0) yield this.#take(sure);
      await this.#more();
    }
  }

  /** Whether the delimiter that was just read is the last one; otherwise the header of a part comes next. */
  async atEnd(): Promise<boolean> {
    while (this.#buffer.length < 2) await this.#more();
    if (this.#buffer.subarray(0, 2).toString('latin1') === '--') return true;
    // Blanks may follow a delimiter on its line.
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end > SKIPPED_BYTES || (end < 0 && this.#buffer.length > SKIPPED_BYTES)) throw broken();
      if (end >= 0) {
        if (!/^[ \t]*$/.test(this.#take(end).toString('latin1'))) throw broken();
        return false;
      }
      await this.#more();
    }
  }

  /** From the line break before it to the empty line after it, which is taken off. */
  async header(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end > HEADER_BYTES || (end < 0 && this.#buffer.length > HEADER_BYTES)) throw broken();
      if (end >= 0) {
        const header = this.#take(end).toString('utf8');
        this.#take(4);
        return header;
      }
      await this.#more();
    }
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw broken();
    this.#buffer = Buffer.concat([this.#buffer, next.value]);
  }
}

function broken(): PlatformError {
  return new PlatformError('invalid_request', 'The form is not well-formed or broke off. Send it again.');
}
