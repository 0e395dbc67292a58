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

/** A detector over a global regular expression, with an optional check of each match (a checksum, say). */
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
      for (const match of text.matchAll(pattern)) {
        if (accept(match[0])) spans.push({ start: match.index, end: match.index + match[0].length });
      }
      return spans;
    },
  };
}
