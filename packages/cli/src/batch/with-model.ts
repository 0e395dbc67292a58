import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '@plinth/contracts';

/** Copies a file of requests, each of them for another model. Throws `configuration` with the line that is none. */
export async function copyWithModel(from: string, to: string, model: string): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    let number = 0;
    for await (const text of createInterface({ input: createReadStream(from), crlfDelay: Infinity })) {
      number += 1;
      if (text.trim() !== '') yield `${withModel(text, number, model)}\n`;
    }
  }
  await pipeline(lines, createWriteStream(to, { mode: 0o600 }));
}

function withModel(text: string, number: number, model: string): string {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    // Without the parser's words: they quote the request.
    throw new PlatformError('configuration', `Line ${number} is not JSON.`);
  }
  const { body, ...rest } = (request ?? {}) as { readonly body?: unknown };
  if (typeof body !== 'object' || body === null)
    throw new PlatformError('configuration', `Line ${number} has no "body" to name the model in.`);
  return JSON.stringify({ ...rest, body: { ...body, model } });
}
