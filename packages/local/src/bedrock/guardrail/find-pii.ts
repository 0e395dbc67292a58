import type { PiiType } from './guardrail-config.ts';

/** Something a guardrail looks for, where it stands in the text. */
export interface Finding {
  start: number;
  end: number;
  match: string;
}

/** Longest text any of the patterns below can match, UTF-16 code units; a stream holds back this much. */
export const LONGEST_PII = 150;

/** Every quantifier is bounded, so that no text makes a pattern slow and no match is longer than LONGEST_PII. */
const PATTERNS: Record<PiiType, RegExp> = {
  EMAIL: /(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,32}(?:\.[a-z0-9-]{1,16}){1,3}/gi,
  PHONE: /(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\w)/g,
  US_SOCIAL_SECURITY_NUMBER: /(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g,
  CREDIT_DEBIT_CARD_NUMBER: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g,
};

export function findPii(type: PiiType, text: string): Finding[] {
  return [...text.matchAll(PATTERNS[type])]
    .map(({ 0: match, index }) => ({ start: index, end: index + match.length, match }))
    .filter(({ match }) => type !== 'CREDIT_DEBIT_CARD_NUMBER' || passesLuhn(match.replace(/\D/g, '')));
}

/** Whole words or phrases, without regard to case, any white space between the words of a phrase. */
export function findPhrase(phrase: string, text: string): Finding[] {
  const words = phrase
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])${words.join('\\s{1,8}')}(?![\\p{L}\\p{N}_])`, 'giu');
  return [...text.matchAll(pattern)].map(({ 0: match, index }) => ({ start: index, end: index + match.length, match }));
}

/** The check digit every payment card number carries (ISO/IEC 7812). */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
