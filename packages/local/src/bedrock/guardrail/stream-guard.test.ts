import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from './assess.ts';
import { GuardrailDefinition, PII_TYPES } from './guardrail-config.ts';
import { StreamGuard } from './stream-guard.ts';

const masking = GuardrailDefinition.parse({
  id: 'masking',
  piiEntities: PII_TYPES.map((type) => ({ type, action: 'ANONYMIZE' })),
});
const blocking = GuardrailDefinition.parse({ id: 'blocking', deniedWords: ['project kestrel', 'omega'] });

const WORDS = [
  'ada@example.com',
  '536-90-4399',
  '(555) 123-4567',
  '4111 1111 1111 1111',
  'call',
  'me',
  '12',
  '-',
  'now.',
];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const cuts = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 80 });

function split(whole: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const size = 1 + (sizes[turn % sizes.length] ?? 0);
    pieces.push(whole.slice(at, at + size));
    at += size;
  }
  return pieces;
}

describe('StreamGuard', () => {
  it('masks the same whether the text comes whole or in pieces', () => {
    fc.assert(
      fc.property(text, cuts, (whole, sizes) => {
        const guard = new StreamGuard(masking);
        const sent = split(whole, sizes).map((piece) => guard.push(piece).text);
        expect(sent.join('') + guard.flush().text).toBe(assess(masking, whole).text);
      }),
    );
  });

  it('sends nothing of a denied phrase however it is split', () => {
    fc.assert(
      fc.property(text, cuts, (before, sizes) => {
        const guard = new StreamGuard(blocking);
        let sent = '';
        let blocked = false;
        for (const piece of split(`${before} Project  Kestrel flies`, sizes)) {
          const result = guard.push(piece);
          sent += result.text;
          if (result.action === 'BLOCKED') {
            blocked = true;
            break;
          }
        }
        expect(blocked).toBe(true);
        expect(sent).not.toMatch(/project/i);
      }),
    );
  });

  it('holds back only the last words', () => {
    const guard = new StreamGuard(masking);
    expect(guard.push('one two three').text).toBe('one two ');
    expect(guard.push(' 555').text).toBe('three ');
    expect(guard.push(' 123 ').text).toBe('');
  });

  it('does not hold an endless word for ever', () => {
    const guard = new StreamGuard(masking);
    expect(guard.push('x'.repeat(1_000)).text.length).toBeGreaterThan(800);
  });
});
