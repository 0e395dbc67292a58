/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The `event:` field, or `message` where the sender named none. */
  event: string;
  /** The `data:` lines joined with `\n`. */
  data: string;
}

export interface SseParser {
  /** Takes decoded text, split anywhere; returns the events it completed. */
  push(text: string): ServerSentEvent[];
}

/** Longest event we hold before giving up, UTF-16 code units: a sender that never ends a line must not fill the page's memory. */
export const MAX_EVENT_LENGTH = 1_048_576;

/**
 * An incremental parser of the WHATWG event-stream format: LF, CRLF and CR line ends (a CRLF may be cut in two), a leading byte order
 * mark, comments, several `data:` lines. `id:` and `retry:` are for reconnecting, which a chat answer never does; they are ignored.
 *
 * @throws {RangeError} when one event is longer than `maxLength`
 */
export function createSseParser(maxLength = MAX_EVENT_LENGTH): SseParser {
  let pieces: string[] = [];
  let held = 0;
  let data: string[] = [];
  let dataLength = 0;
  let event = '';
  let started = false;
  let skipLineFeed = false;

  function hold(piece: string): void {
    if (piece === '') return;
    held += piece.length;
    if (held + dataLength > maxLength) throw new RangeError(`An event is longer than ${maxLength} characters.`);
    pieces.push(piece);
  }

  function takeLine(piece: string): string {
    hold(piece);
    const line = pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
    pieces = [];
    held = 0;
    return line;
  }

  function readLine(line: string, events: ServerSentEvent[]): void {
    if (line === '') {
      if (data.length > 0) events.push({ event: event === '' ? 'message' : event, data: data.join('\n') });
      data = [];
      dataLength = 0;
      event = '';
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const rest = colon === -1 ? '' : line.slice(colon + 1);
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (field === 'event') event = value;
    if (field !== 'data') return;
    data.push(value);
    dataLength += value.length + 1;
  }

  return {
    push(text) {
      const events: ServerSentEvent[] = [];
      let position = 0;
      if (!started && text !== '') {
        started = true;
        if (text.startsWith('\uFEFF')) position = 1;
      }
      if (skipLineFeed && position < text.length) {
        if (text[position] === '\n') position += 1;
        skipLineFeed = false;
      }
      const lineEnd = /\r\n|\n|\r/g;
      lineEnd.lastIndex = position;
      for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
        readLine(takeLine(text.slice(position, match.index)), events);
        position = lineEnd.lastIndex;
        // A CR at the very end may be the first half of a CRLF.
        skipLineFeed = match[0] === '\r' && position === text.length;
      }
      hold(text.slice(position));
      return events;
    },
  };
}

/**
 * Reads a response body as server-sent events. Bytes are decoded as UTF-8 across frames, so a character cut in two arrives whole. Leaving the
 * loop early cancels the body, which closes the connection.
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  maxLength = MAX_EVENT_LENGTH,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  // The parser looks for the byte order mark itself; the decoder must leave it in place.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = createSseParser(maxLength);
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
    finished = true;
    // An event without its closing blank line is incomplete, and dropped, as the format asks.
  } finally {
    if (finished) reader.releaseLock();
    // A body that broke rejects here with the same error that is already on its way to the caller.
    else await reader.cancel().catch(() => undefined);
  }
}
