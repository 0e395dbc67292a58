import { PlatformError } from '@plinth/contracts';
import type { Block, BlockKind, ParsedDocument } from '../ports/document.ts';

const MOST_CHARACTERS = 20_000_000;
const MOST_TITLE = 500;
// eslint-disable-next-line no-control-regex -- what is taken out is just these
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/g;
/** Characters that nobody sees and a model would read: soft hyphens, marks of direction, tags. The joiners stay, some scripts are spelled with them. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Writes the canonical text of a document, block by block: NFC, well formed, without control characters and unseen ones, one blank line between
 * blocks and none within.
 */
export class CanonicalText {
  readonly #blocks: Block[] = [];
  readonly #parts: string[] = [];
  readonly #most: number;
  #length = 0;
  #firstHeading: string | undefined;

  constructor({ characters = MOST_CHARACTERS }: { readonly characters?: number } = {}) {
    this.#most = characters;
  }

  /** An empty block is left out. Throws `request_too_large` where the text would be longer than may be. */
  add(kind: BlockKind, text: string, { level, page }: { readonly level?: number; readonly page?: number } = {}): void {
    const clean = kind === 'code' ? codeText(text) : proseText(text);
    if (clean === '') return;
    const start = this.#length === 0 ? 0 : this.#length + 2;
    if (start + clean.length > this.#most)
      throw new PlatformError(
        'request_too_large',
        `The document has more than ${this.#most} characters of text. Split it.`,
      );
    this.#parts.push(clean);
    this.#length = start + clean.length;
    if (kind === 'heading' && (level ?? 1) === 1) this.#firstHeading ??= clean;
    this.#blocks.push({
      kind,
      ...(level !== undefined && { level }),
      start,
      end: this.#length,
      ...(page !== undefined && { page }),
    });
  }

  /** @param title Where the document names one; else it is the first heading of the first level. */
  finish(title = '', pages?: number): ParsedDocument {
    return {
      title: titleText(proseText(title)) ?? titleText(this.#firstHeading ?? ''),
      text: this.#parts.join('\n\n'),
      blocks: this.#blocks,
      pages,
    };
  }
}

/** One line, and no half of a character at its end. */
function titleText(text: string): string | undefined {
  if (text === '') return undefined;
  const line = text.slice(0, MOST_TITLE).replaceAll('\n', ' ');
  return text.length > MOST_TITLE ? line.replace(/[\ud800-\udbff]$/, '') : line;
}

function proseText(text: string): string {
  return seen(text)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .trim();
}

/** Blanks mean something in code, but not at the end of a line. */
function codeText(text: string): string {
  const lines = seen(text).split('\n');
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** First taken out, then composed: what is taken out may have stood between a letter and its accent. */
function seen(text: string): string {
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(CONTROLS, '')
    .replace(UNSEEN, '')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .normalize('NFC');
}
