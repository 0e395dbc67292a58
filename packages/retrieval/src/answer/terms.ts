import { stem } from './stem.ts';

/** What a text says, as far as words tell. */
export interface Terms {
  /** Stems of content words, numbers and names among them. */
  readonly words: ReadonlySet<string>;
  /** Numbers as plain digits: `1,000` and `1000` are one. */
  readonly numbers: ReadonlySet<string>;
  /** Stems of words written as names: with a capital inside a sentence, or with letters and digits. */
  readonly names: ReadonlySet<string>;
  /** Words that a negation takes in, and words that stand without one: a word may be both. */
  readonly negated: ReadonlySet<string>;
  readonly plain: ReadonlySet<string>;
}

const WORD = /\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)?/gu;
/** What the guard put in place of something, and a number that only counts the items of a list. */
const NOT_SAID = /\[[A-Z][A-Z:-]*\]|^\s*(?:[-*•]|\d{1,3}[.)])\s+/g;

/** Content words that a negation takes in: of what stands in a clause of its own, such as "that is not taken", the nearest alone. */
const SCOPE = { usual: 2, clause: 1 };
const CLAUSE = /\b(?:that|which|who|whom|if|unless|when|where|while)\b[^.;:!?]{0,24}$/i;

export function termsOf(text: string): Terms {
  const words = new Set<string>();
  const numbers = new Set<string>();
  const names = new Set<string>();
  const negated = new Set<string>();
  const plain = new Set<string>();
  const said = text.replace(NOT_SAID, ' ');
  let negating = 0;
  let end = 0;
  for (const { 0: raw, index } of said.matchAll(WORD)) {
    const between = said.slice(end, index);
    const begins = end === 0 || /[.!?:"“\n]/.test(between);
    if (/[.,;:!?\n]/.test(between)) negating = 0;
    end = index + raw.length;
    const word = raw.toLowerCase().replaceAll('’', "'");
    if (NEGATIONS.has(word) || word.endsWith("n't")) {
      negating = CLAUSE.test(said.slice(Math.max(0, index - 40), index)) ? SCOPE.clause : SCOPE.usual;
      continue;
    }
    if (FUNCTION_WORDS.has(word)) continue;
    const number = /^\p{N}/u.test(word) ? numberOf(word) : NUMBER_WORDS.get(word);
    const key = number ?? stem(word.replace(/'s?$/, ''));
    words.add(key);
    (negating-- > 0 ? negated : plain).add(key);
    if (number !== undefined) numbers.add(number);
    else if (isName(raw, begins)) names.add(key);
  }
  return { words, numbers, names, negated, plain };
}

/** Whether a word that both have is denied in one and said in the other. */
export function contradicts(a: Terms, b: Terms): boolean {
  const only = (x: ReadonlySet<string>, y: ReadonlySet<string>, word: string) => x.has(word) && !y.has(word);
  return [...a.words].some(
    (word) =>
      (only(a.negated, a.plain, word) && only(b.plain, b.negated, word)) ||
      (only(a.plain, a.negated, word) && only(b.negated, b.plain, word)),
  );
}

function isName(raw: string, begins: boolean): boolean {
  return /\p{N}/u.test(raw) || (!begins && /^\p{Lu}/u.test(raw)) || /^\p{Lu}{2,}$/u.test(raw);
}

/** Plain digits, or undefined for a number with letters in it. */
function numberOf(word: string): string | undefined {
  const plain = word.replace(/,(?=\d{3}(?!\d))/g, '').replace(',', '.');
  const value = Number(plain);
  return Number.isFinite(value) && /^[\d.]+$/.test(plain) ? String(value) : undefined;
}

/** Not "one", which is most often no number. */
const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  'zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, number): [string, string] => [word, String(number)])
    .concat([
      ['thirty', '30'],
      ['forty', '40'],
      ['fifty', '50'],
      ['sixty', '60'],
      ['seventy', '70'],
      ['eighty', '80'],
      ['ninety', '90'],
      ['hundred', '100'],
      ['thousand', '1000'],
      ['million', '1000000'],
    ]),
);

const NEGATIONS: ReadonlySet<string> = new Set([
  'not',
  'no',
  'never',
  'without',
  'cannot',
  'none',
  'neither',
  'nor',
  'nothing',
  'nobody',
]);

/** Words that carry no content of their own. */
export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing many much any
   down during each either else etc few for from further had has have having he her here hers him his how however i if in into is it it's its itself just
   let may me might more most must my of off on once one only or other our ours out over own per please rather same shall she should so some such
   than that that's the their theirs them then there therefore these they this those though thus to too under until up upon us very was we were what when
   where whether which while who whom whose why will with within would yes you your yours sure okay ok well according passage passages answer
   document documents mention mentions mentioned state states stated says said based provided following`
    .trim()
    .split(/\s+/),
);
