import type { QueryRewriter, QueryTurn } from '../ports/query-rewriter.ts';
import { FUNCTION_WORDS } from './terms.ts';

/** Words that point to what was said before. */
const POINTS_BACK =
  /\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|one|ones|both|either|neither|former|latter|same|such|another|others?|instead|else|too|also)\b/i;
const GOES_ON = /^\s*(?:and|but|or|so|what about|how about|what if|why|why not|really|how come|in that case|also)\b/i;
/** A question of fewer content words leans on the one before. */
const SHORT = 3;
const MAX_WORDS = 16;
const MAX_BACK = 3;

/** Rewrites by rules: a question that leans on the one before it gets that one's content words. No model is asked. */
export const rulesRewriter: QueryRewriter = {
  rewrite: (turns) => Promise.resolve(rewriteByRules(turns)),
};

export function rewriteByRules(turns: readonly QueryTurn[]): string {
  const questions = turns.filter(({ role }) => role === 'user').map(({ text }) => text.trim());
  const question = questions.at(-1) ?? '';
  const words = [...contentWords(question)];
  let leaning = question;
  for (let back = 2; back <= MAX_BACK + 1 && leansBack(leaning); back++) {
    const before = questions.at(-back);
    if (before === undefined) break;
    for (const word of contentWords(before)) if (!words.some((known) => same(known, word))) words.push(word);
    leaning = before;
  }
  const added = words.slice(contentWords(question).length).slice(0, MAX_WORDS);
  return added.length === 0 ? question : `${question} ${added.join(' ')}`;
}

function leansBack(question: string): boolean {
  const words = contentWords(question);
  return words.length < SHORT || GOES_ON.test(question) || (POINTS_BACK.test(question) && words.length < 2 * SHORT);
}

/** In the order they come, each once. */
function contentWords(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}.'’-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu) ?? [];
  const content = words.filter((word) => !FUNCTION_WORDS.has(word.toLowerCase()) && !POINTS_BACK.test(word));
  return content.filter((word, index) => content.findIndex((each) => same(each, word)) === index);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
