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
  /** Where the frame that was matched last ends. */
  end = 0;
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
    // A frame whose text is empty says who speaks, or ends the answer: the frames to come are not like it.
    if (end === -1 || end === start) return undefined;
    const before = text.slice(0, start);
    const after = text.slice(end);
    const probe = `${before}probe${after}`.slice(PREFIX.length - 1, -END.length);
    if (readText(probe) !== 'probe') return undefined;
    return new FrameTemplate(Buffer.from(before, 'utf8'), Buffer.from(after, 'utf8'));
  }

  /** The text of the frame of this form that begins at `from`, or `undefined` when what is there must be parsed. */
  match(bytes: Buffer, from: number): string | undefined {
    const before = this.#before;
    const after = this.#after;
    const start = from + before.length;
    if (start > bytes.length || bytes.compare(before, 0, before.length, from, start) !== 0) return undefined;
    const close = bytes.indexOf(QUOTE, start);
    const end = close + after.length;
    if (close === -1 || end > bytes.length) return undefined;
    if (bytes.compare(after, 0, after.length, close, end) !== 0) return undefined;
    const text = bytes.toString('utf8', start, close);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code === BACKSLASH) return undefined;
    }
    this.end = end;
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
