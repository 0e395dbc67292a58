/** Where reading aloud has got to in a growing text. */
export interface Spoken {
  /** What to say now; empty when no sentence is whole yet. */
  say: string;
  /** How much of the text has been said, UTF-16 code units. */
  until: number;
}

/**
 * The whole sentences of `text` that were not yet said, so that a screen reader hears sentences and not word by word.
 * @param final says the rest too, whole or not
 */
export function nextSentences(text: string, from: number, final: boolean): Spoken {
  let until = from;
  if (final) until = text.length;
  else {
    const sentenceEnd = /[.!?…:](?=\s)|\n|[。！？]/g;
    sentenceEnd.lastIndex = from;
    for (let match = sentenceEnd.exec(text); match !== null; match = sentenceEnd.exec(text))
      until = sentenceEnd.lastIndex;
  }
  const say = text
    .slice(from, until)
    .replace(/[`*_#>|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return { say, until };
}
