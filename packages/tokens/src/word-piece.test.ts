import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWordPieceTokenizer, UNKNOWN_ID } from './index.ts';
import { GZIPPED_VOCABULARY } from './vocabulary-data.ts';
import { vocabulary } from './vocabulary.ts';

const tokenizer = createWordPieceTokenizer();
const pieceOf = (text: string) => tokenizer.encode(text).offsets.map(([start, end]) => text.slice(start, end));

/** Texts with the ids that `tokenizers` 0.23.3, the implementation in Rust, gives them with the same vocabulary. */
const reference = JSON.parse(readFileSync(new URL('__fixtures__/reference.json', import.meta.url), 'utf8')) as {
  text: string;
  ids: number[];
}[];

describe('the vocabulary', () => {
  it('is the file the README names', () => {
    const text = gunzipSync(Buffer.from(GZIPPED_VOCABULARY, 'base64'));
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(createHash('sha256').update(text).digest('hex'));
  });
});

describe('WordPiece', () => {
  it.each(reference)('gives the ids of the reference for $text', ({ text, ids }) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
  });

  it('gives the ids of the library in JavaScript for any text of several scripts', () => {
    const { beginnings, continuations } = vocabulary();
    const vocab = Object.fromEntries([...beginnings, ...[...continuations].map(([piece, id]) => [`##${piece}`, id])]);
    const library = new Tokenizer(
      {
        version: '1.0',
        added_tokens: [],
        normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: null,
        decoder: null,
        model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab },
      },
      {},
    );
    // Not of the last planes: the library does not see Chinese characters there, and the reference above does.
    const character = fc.oneof(
      fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABZ0189 \t\n.,-#[]()\'"/_'),
      fc.constantFrom(...'éÄßñçőŁжЁйαΩעربन한글漢字かカ、。「“”—…€™½👩🌍\u0301\u0308\u200b\ufeff\u00a0'),
    );
    const text = fc.string({ unit: character, maxLength: 150 });
    fc.assert(
      fc.property(text, (sample) => {
        expect(tokenizer.encode(sample).ids).toEqual(library.encode(sample, { add_special_tokens: false }).ids);
      }),
      { numRuns: 300 },
    );
  });

  it('takes the names of special tokens for text', () => {
    expect(pieceOf('a [SEP] b')).toEqual(['a', '[', 'SEP', ']', 'b']);
    expect(tokenizer.encode('[CLS] [MASK] [PAD]').ids).not.toContain(101);
  });

  it('says where each piece stands, in UTF-16 code units of the text as it came', () => {
    expect(pieceOf('🌍 Unaffable, Crème brûlée')).toEqual([
      '🌍',
      'Una',
      'ffa',
      'ble',
      ',',
      'Cr',
      'ème',
      'br',
      'ûlé',
      'e',
    ]);
    expect(pieceOf('cafe\u0301 e\u0301te\u0301!')).toEqual(['cafe\u0301', 'e\u0301t', 'e\u0301', '!']);
  });

  it('keeps offsets in order, inside the text, apart from each other and off the middle of a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { ids, offsets } = tokenizer.encode(text);
        expect(offsets).toHaveLength(ids.length);
        let last = 0;
        for (const [start, end] of offsets) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end)).not.toMatch(/\p{Surrogate}/u);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
        expect(tokenizer.count(text)).toBe(ids.length);
      }),
    );
  });

  it('counts words one by one: what white space parts can be counted apart', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(tokenizer.count(`${before} ${after}`)).toBe(tokenizer.count(before) + tokenizer.count(after));
      }),
    );
  });

  it('stops at the number of pieces asked for, with what a whole reading begins with', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (text, maxPieces) => {
          const whole = tokenizer.encode(text);
          const cut = tokenizer.encode(text, { maxPieces });
          expect(cut.ids).toEqual(whole.ids.slice(0, maxPieces));
          expect(cut.offsets).toEqual(whole.offsets.slice(0, maxPieces));
        },
      ),
    );
  });

  it('reads half a surrogate pair and a word without end', () => {
    expect(tokenizer.encode('\ud83d').ids).toEqual([]);
    expect(tokenizer.encode('x'.repeat(1_000_000))).toEqual({ ids: [UNKNOWN_ID], offsets: [[0, 1_000_000]] });
  });
});
