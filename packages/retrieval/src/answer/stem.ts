const VOWEL = /[aeiouy]/;

/**
 * A word without the endings that English inflects it by. Lighter than Porter's (An algorithm for suffix stripping, 1980): it has to make "employee" of
 * "employees" and "carry" of "carried", and may not make one of two words that mean different things.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let stemmed = withoutPlural(word);
  if (stemmed.length > 5 && stemmed.endsWith('ly')) stemmed = stemmed.slice(0, -2);
  const base = /(?:ing|ed)$/.test(stemmed) ? stemmed.replace(/(?:ing|ed)$/, '') : undefined;
  if (base !== undefined && base.length >= 3 && VOWEL.test(base)) stemmed = restored(base);
  else if (stemmed.length > 6) stemmed = stemmed.replace(/(?:ement|ment)$/, '');
  // "approve" and "approv(ed)" meet without the e; "carry" and "carri(ed)" at the i.
  return stemmed.replace(/e$/, '').replace(/y$/, 'i');
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ches|shes|xes|zes)$/.test(word)) return word.slice(0, -2);
  return /[^s]s$/.test(word) && !/(?:us|is)$/.test(word) ? word.slice(0, -1) : word;
}

function restored(base: string): string {
  return /([b-df-hj-kmnp-rtv-z])\1$/.test(base) ? base.slice(0, -1) : base;
}
