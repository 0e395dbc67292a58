import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextAssembler } from './text-assembler.ts';

/** Tokens that are bytes: the hardest vocabulary there is. */
const bytesToText = (tokens: readonly Uint8Array[]) => Buffer.concat(tokens).toString('utf8');

describe('TextAssembler', () => {
  it('gives the text back whole however its bytes are cut into tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (text, sizes) => {
        fc.pre(!text.includes('\uFFFD'));
        const bytes = Buffer.from(text);
        const assembler = new TextAssembler<Uint8Array>(bytesToText);
        const pieces: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value ?? 1;
          pieces.push(assembler.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(piece).not.toContain('\uFFFD');
      }),
    );
  });

  it('leaves out a character that the end cuts', () => {
    const assembler = new TextAssembler<Uint8Array>(bytesToText);
    const globe = Buffer.from('a🌍');
    expect(assembler.push(globe.subarray(0, 3))).toBe('a');
    assembler.flush();
    expect(assembler.push(Buffer.from('b'))).toBe('b');
  });

  it('does not wait for ever on bytes that are no text', () => {
    const assembler = new TextAssembler<Uint8Array>(bytesToText);
    const pieces = Array.from({ length: 8 }, () => assembler.push(Buffer.from([0xff])));
    expect(pieces.join('').length).toBeGreaterThan(0);
  });
});
