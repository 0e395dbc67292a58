import { scanLines } from '../split/line-scanner.ts';

/** Longest line of an engine's answers. Bedrock's repeat the request. */
export const ANSWER_LINE_BYTES = 32 * 1024 * 1024;

/** Lines of a file of answers as text, as they come in. What is longer than a line may be is left out. */
export async function* textLines(
  input: AsyncIterable<Uint8Array>,
  maxBytes = ANSWER_LINE_BYTES,
): AsyncGenerator<string> {
  for await (const lines of scanLines(input, maxBytes))
    for (const { bytes } of lines) if (bytes !== undefined && bytes.length > 0) yield bytes.toString('utf8');
}
