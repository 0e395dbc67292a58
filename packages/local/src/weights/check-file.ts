import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { KnownModel } from './manifest.ts';

/** Says in words why `path` is not the known model's file, or undefined when it is. Reads the whole file (98 MB: about 0.1 s). */
export async function whyNotKnown(path: string, model: KnownModel, signal?: AbortSignal): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size !== model.bytes) return `it has ${size} bytes where ${model.bytes} are expected`;
  const actual = await sha256OfFile(path, signal);
  return actual === model.sha256 ? undefined : `its sha256 is ${actual} where ${model.sha256} is expected`;
}

/** Whether the file starts as every GGUF file does. */
export async function isGguf(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}

async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}
