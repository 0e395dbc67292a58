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

export type WeightsFormat = 'gguf' | 'onnx';

interface FormatWords {
  /** How people call it. */
  name: string;
  /** The setting that names a file of one's own. */
  variable: string;
  /** The bytes every such file begins with. */
  magic: Buffer;
}

export const FORMATS: Record<WeightsFormat, FormatWords> = {
  gguf: { name: 'GGUF', variable: 'PLINTH_MODEL_PATH', magic: Buffer.from('GGUF') },
  // ONNX is a protobuf without a signature; its first field is the version.
  onnx: { name: 'ONNX', variable: 'PLINTH_EMBEDDING_MODEL_PATH', magic: Buffer.of(0x08) },
};

/** Whether the file starts as every file of the format does. */
export async function isOfFormat(path: string, format: WeightsFormat): Promise<boolean> {
  const { magic } = FORMATS[format];
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return bytesRead === magic.length && buffer.equals(magic);
  } finally {
    await file.close();
  }
}

export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}
