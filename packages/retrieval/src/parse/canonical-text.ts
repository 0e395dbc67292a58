import { PlatformError } from '@plinth/contracts';
import type { Block, BlockKind, ParsedDocument } from '../ports/document.ts';

const MOST_CHARACTERS = 20_000_000;
// eslint-disable-next-line no-control-regex -- what is taken out is just these
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\ufeff]/g;

/** Writes the canonical text of a document, block by block: NFC, no control characters, one blank line between blocks, none within. */
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
    if (this.#length + clean.length > this.#most)
      throw new PlatformError(
        'request_too_large',
        `The document has more than ${this.#most} characters of text. Split it.`,
      );
    const start = this.#length === 0 ? 0 : this.#length + 2;
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
  finish(title?: string, pages?: number): ParsedDocument {
    const named = title === undefined ? '' : proseText(title).replaceAll('\n', ' ').slice(0, 500);
    return {
      title: named === '' ? this.#firstHeading?.slice(0, 500) : named,
      text: this.#parts.join('\n\n'),
      blocks: this.#blocks,
      pages,
    };
  }
}

function proseText(text: string): string {
  return text
    .normalize('NFC')
    .replace(CONTROLS, '')
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .trim();
}

function codeText(text: string): string {
  return text
    .normalize('NFC')
    .replace(CONTROLS, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+\n/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .replace(/^\n+|\s+$/g, '');
}
