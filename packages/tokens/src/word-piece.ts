import { formsOf, type Form } from './characters.ts';
import { vocabulary, type Vocabulary } from './vocabulary.ts';

export const PAD_ID = 0;
export const UNKNOWN_ID = 100;
/** Stands before every text that is given to a BERT model, and `SEPARATOR_ID` after it. `encode` adds neither. */
export const CLASSIFICATION_ID = 101;
export const SEPARATOR_ID = 102;

/** Where a piece stands in the text: UTF-16 code units, the end not included. */
export type Offset = readonly [start: number, end: number];

export interface Encoding {
  readonly ids: readonly number[];
  /** One a piece. They ascend and never overlap; what lies between two of them is white space or was dropped. */
  readonly offsets: readonly Offset[];
}

export interface EncodeOptions {
  /** Reads no further than this many pieces: what a model would cut off need not be read. @default no limit */
  readonly maxPieces?: number;
}

export interface WordPieceTokenizer {
  encode(text: string, options?: EncodeOptions): Encoding;
  /** As many as `encode` gives, without building them. */
  count(text: string): number;
}

/** Words of more characters than this are unknown as a whole, as in Google's BERT. */
const MAX_WORD = 100;
/** Most forms that are remembered: the scripts of one corpus have far fewer characters. */
const MAX_REMEMBERED = 16_384;

/** Takes one piece; false when no more are wanted. */
type Visit = (id: number, start: number, end: number) => boolean;

/**
 * WordPiece of BERT's uncased models (`bert-base-uncased`, all-MiniLM-L6-v2), with the ids of Hugging Face's `BertTokenizer`. One thing is
 * different on purpose: the names of special tokens in a text (`[SEP]`) are text like any other, so that no document speaks to the model in
 * its own marks. Keeps no state between texts; linear in their length.
 */
export function createWordPieceTokenizer(): WordPieceTokenizer {
  const words = new WordReader(vocabulary());
  return {
    encode(text, { maxPieces = Infinity } = {}) {
      const ids: number[] = [];
      const offsets: Offset[] = [];
      words.read(text, (id, start, end) => {
        if (ids.length < maxPieces) {
          ids.push(id);
          offsets.push([start, end]);
        }
        return ids.length < maxPieces;
      });
      return { ids, offsets };
    },
    count(text) {
      let count = 0;
      words.read(text, () => {
        count += 1;
        return true;
      });
      return count;
    },
  };
}

class WordReader {
  readonly #vocabulary: Vocabulary;
  readonly #forms = new Map<number, readonly Form[]>();
  /** The word being read, and for each of its code units where its character stands in the text. */
  #word = '';
  #characters = 0;
  #starts: number[] = [];
  #ends: number[] = [];
  #wanted = true;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  read(text: string, visit: Visit): void {
    this.#wanted = true;
    for (let at = 0; at < text.length && this.#wanted;) {
      const codePoint = text.codePointAt(at) ?? 0;
      const end = at + (codePoint > 0xffff ? 2 : 1);
      for (const form of this.#formsOf(codePoint)) this.#take(form, at, end, visit);
      at = end;
    }
    this.#endWord(visit);
  }

  #formsOf(codePoint: number): readonly Form[] {
    const known = this.#forms.get(codePoint);
    if (known !== undefined) return known;
    const forms = formsOf(codePoint);
    if (this.#forms.size < MAX_REMEMBERED) this.#forms.set(codePoint, forms);
    return forms;
  }

  #take(form: Form, start: number, end: number, visit: Visit): void {
    switch (form.kind) {
      case 'letter':
        return this.#append(form.text, start, end);
      case 'space':
        return this.#endWord(visit);
      case 'alone':
        this.#endWord(visit);
        this.#append(form.text, start, end);
        return this.#endWord(visit);
      case 'mark':
        // Whoever cuts the text here must not part a letter from its accent.
        if (this.#ends.length > 0) this.#ends[this.#ends.length - 1] = end;
        return;
      case 'dropped':
        return;
    }
  }

  #append(text: string, start: number, end: number): void {
    this.#characters += 1;
    if (this.#characters > MAX_WORD) {
      this.#ends[this.#ends.length - 1] = end;
      return;
    }
    this.#word += text;
    for (let unit = 0; unit < text.length; unit += 1) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  #endWord(visit: Visit): void {
    if (this.#word === '') return;
    if (!this.#cut(visit)) this.#wanted = visit(UNKNOWN_ID, this.#starts[0] ?? 0, this.#ends.at(-1) ?? 0);
    this.#word = '';
    this.#characters = 0;
    this.#starts = [];
    this.#ends = [];
  }

  /** Longest piece first. False, with nothing visited, when the word cannot be cut into known pieces. */
  #cut(visit: Visit): boolean {
    const word = this.#word;
    if (this.#characters > MAX_WORD) return false;
    const whole = this.#vocabulary.beginnings.get(word);
    if (whole !== undefined) {
      this.#wanted = visit(whole, this.#starts[0] ?? 0, this.#ends.at(-1) ?? 0);
      return true;
    }
    const pieces: { id: number; from: number; to: number }[] = [];
    for (let from = 0; from < word.length;) {
      const piece = this.#longestAt(from);
      if (piece === undefined) return false;
      pieces.push({ ...piece, from });
      from = piece.to;
    }
    for (const { id, from, to } of pieces) this.#wanted = visit(id, this.#starts[from] ?? 0, this.#ends[to - 1] ?? 0);
    return true;
  }

  #longestAt(from: number): { id: number; to: number } | undefined {
    const { beginnings, continuations, longest } = this.#vocabulary;
    const pieces = from === 0 ? beginnings : continuations;
    for (let to = Math.min(this.#word.length, from + longest); to > from; to -= 1) {
      const id = pieces.get(this.#word.slice(from, to));
      if (id !== undefined) return { id, to };
    }
    return undefined;
  }
}
