import { PlatformError } from '@plinth/contracts';

/** UTF-16 code units of one event: an evaluation of ten thousand questions comes in one. */
const EVENT_LENGTH = 128 * 1024 * 1024;

/** The data of server-sent events, one string an event (WHATWG HTML, section 9.2.6). Comments are passed over. */
export async function* readEvents(body: Response['body'], heard: () => void = () => {}): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  let data: string[] = [];
  for await (const bytes of body) {
    heard();
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    for (const [index, piece] of lines.entries()) {
      pieces.push(piece);
      length += piece.length;
      if (length > EVENT_LENGTH)
        throw new PlatformError('upstream_failed', 'The service sent an event without an end.');
      if (index === lines.length - 1) break;
      const line = pieces.join('').replace(/\r$/, '');
      pieces = [];
      if (line !== '') {
        if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
        continue;
      }
      length = 0;
      if (data.length > 0) yield data.join('\n');
      data = [];
    }
  }
}
