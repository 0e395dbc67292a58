/** A stretch of text a detector claims. Offsets in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of thing in text. */
export interface Detector {
  /** Shown in findings and put in place of redacted text: `[EMAIL]`. */
  readonly name: string;
  readonly action: 'redact' | 'block';
  find(text: string): Span[];
}

/**
 * A detector over a global regular expression, with an optional check of each match (a checksum, say). A match that fails its check hides
 * nothing: the search goes on at its second character, so what is found does not depend on what stands before it.
 */
export function patternDetector(
  name: string,
  action: Detector['action'],
  pattern: RegExp,
  accept: (match: string) => boolean = () => true,
): Detector {
  return {
    name,
    action,
    find(text) {
      const spans: Span[] = [];
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        if (accept(match[0])) spans.push({ start: match.index, end: match.index + match[0].length });
        else pattern.lastIndex = match.index + 1;
      }
      return spans;
    },
  };
}
