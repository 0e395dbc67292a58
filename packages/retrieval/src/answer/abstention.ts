import type { PackedPassage } from './pack.ts';
import { NOT_FOUND } from './prompt.ts';

const NOTHING_FOUND = 'I found nothing about that in the documents you can read.';
const NOT_BORNE_OUT = 'I could not find an answer to that in the documents you can read.';
const MAX_SOURCES = 3;

/** What is said in place of an answer: the same words every time, and the sources that came closest. */
export function abstentionText(packed: readonly PackedPassage[]): string {
  if (packed.length === 0) return NOTHING_FOUND;
  const names = packed.map(({ found: { passage }, whole, header }) => {
    const title = whole ? passage.title : header;
    return passage.pages === undefined ? title : `${title}, page ${passage.pages.first}`;
  });
  const closest = [...new Set(names.filter((name) => name.trim() !== ''))].slice(0, MAX_SOURCES);
  return closest.length === 0 ? NOT_BORNE_OUT : `${NOT_BORNE_OUT} Closest: ${closest.join('; ')}.`;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
const REFUSALS = new Set(
  [NOT_FOUND, 'The passages do not answer the question.', "I don't know.", 'I do not know.'].map(plain),
);

/** Whether a sentence says that there is no answer, in the words the model was given for that. */
export function isRefusal(sentence: string): boolean {
  return REFUSALS.has(plain(sentence));
}
