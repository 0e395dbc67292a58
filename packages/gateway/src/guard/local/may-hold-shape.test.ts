import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayHoldShape } from './may-hold-shape.ts';

it('says the same as the regular expression it stands for', () => {
  const character = fc.constantFrom(...'aZ_-- é\n.中');
  const text = fc.oneof(
    fc.string({ unit: character, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '-', ' ', '7', '@'), maxLength: 24 }),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(mayHoldShape(given)).toBe(/[0-9@]|-----|[A-Za-z0-9_-]{16}/.test(given));
    }),
    { numRuns: 2_000 },
  );
});
