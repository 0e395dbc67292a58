const PREFIX = 'data: {';
const CONTENT = '"content":"';
const END = '\n\n';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * The frames of one stream differ in one JSON string: the text of the token. A template is a frame's bytes before and after that string;
 * a later frame with the same bytes around a string without quotes, escapes or control characters is, by JSON's grammar, the same object
 * with that text. Reading it so costs a third of parsing it.
 */
export class FrameTemplate {
  readonly #before: Buffer;
  readonly #after: Buffer;

  private constructor(before: Buffer, after: Buffer) {
    this.#before = before;
    this.#after = after;
  }

  /**
   * The template of a whole frame (`data: {...}` and a blank line), or `undefined` when it has no such form. `readText` says what text a
   * frame's JSON carries, and `undefined` when it carries anything else: it is asked about a probe, so that the string that is replaced is
   * known to be the token's text and nothing but that.
   */
  static learn(frame: Buffer, readText: (json: string) => string | undefined): FrameTemplate | undefined {
    const text = frame.toString('utf8');
    const start = text.indexOf(CONTENT) + CONTENT.length;
    if (!text.startsWith(PREFIX) || start < CONTENT.length || text.indexOf('\n') !== text.length - END.length)
      return undefined;
    const end = closingQuote(text, start);
    if (end === -1) return undefined;
    const before = text.slice(0, start);
    const after = text.slice(end);
    const probe = `${before}probe${after}`.slice(PREFIX.length - 1, -END.length);
    if (readText(probe) !== 'probe') return undefined;
    return new FrameTemplate(Buffer.from(before, 'utf8'), Buffer.from(after, 'utf8'));
  }

  /** The text of a frame of this form, or `undefined` when it must be parsed. */
  match(frame: Buffer): string | undefined {
    const before = this.#before;
    const after = this.#after;
    const end = frame.length - after.length;
    if (end < before.length) return undefined;
    if (frame.compare(before, 0, before.length, 0, before.length) !== 0) return undefined;
    if (frame.compare(after, 0, after.length, end, frame.length) !== 0) return undefined;
    const text = frame.toString('utf8', before.length, end);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code === QUOTE || code === BACKSLASH) return undefined;
    }
    return text;
  }
}

function closingQuote(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) return index;
  }
  return -1;
}
