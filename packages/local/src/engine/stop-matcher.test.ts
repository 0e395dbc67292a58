import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopMatcher } from './stop-matcher.ts';

/** Few letters, so that texts and stop strings meet often. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
const stopList = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
  maxLength: 3,
});

function feed(pieces: readonly string[], stops: readonly string[]): { text: string; stopped?: string } {
  const matcher = new StopMatcher(stops);
  let text = '';
  for (const piece of pieces) {
    const result = matcher.push(piece);
    text += result.text;
    if (result.stopped !== undefined) return { text, stopped: result.stopped };
  }
  return { text: text + matcher.flush() };
}

describe('StopMatcher', () => {
  it('cuts at the first stop string however the text is split', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), stopList, (pieces, stops) => {
        const whole = pieces.join('');
        const { text, stopped } = feed(pieces, stops);
        if (stopped === undefined) {
          expect(text).toBe(whole);
          for (const stop of stops) expect(whole).not.toContain(stop);
        } else {
          expect(whole.startsWith(text + stopped)).toBe(true);
          for (const stop of stops) expect(text).not.toContain(stop);
        }
      }),
    );
  });

  it('holds back no more than the beginning of a stop string', () => {
    const matcher = new StopMatcher(['</end>']);
    expect(matcher.push('one <').text).toBe('one ');
    expect(matcher.push('/e').text).toBe('');
    expect(matcher.push('m').text).toBe('</em');
  });
});
