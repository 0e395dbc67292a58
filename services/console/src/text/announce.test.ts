import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSentences } from './announce.ts';

describe('reading an answer aloud', () => {
  it('waits for a sentence to be whole', () => {
    expect(nextSentences('It costs 3', 0, false).say).toBe('');
    expect(nextSentences('It costs 3.5 dollars. And', 0, false)).toEqual({ say: 'It costs 3.5 dollars.', until: 21 });
  });

  it('leaves out Markdown marks and says the rest at the end', () => {
    expect(nextSentences('Done. Now `run` **it**', 5, true)).toEqual({ say: 'Now run it', until: 22 });
  });

  it('says every part of a text exactly once', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '.', ' ', '\n', '。', '!') }),
        fc.array(fc.nat()),
        (text, cuts) => {
          let until = 0;
          const said: string[] = [];
          for (const cut of [...cuts.map((each) => each % (text.length + 1)).sort((a, b) => a - b), text.length]) {
            const next = nextSentences(text.slice(0, Math.max(cut, until)), until, cut === text.length);
            said.push(next.say);
            until = next.until;
          }
          expect(until).toBe(text.length);
          expect(said.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        },
      ),
    );
  });
});
