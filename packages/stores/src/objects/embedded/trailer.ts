import type { FileHandle } from 'node:fs/promises';
import { PlatformError } from '@plinth/contracts';
import type { ObjectHead } from '../object-store.ts';

export type Trailer = Omit<ObjectHead, 'key' | 'etag'> & { readonly sha256: string; readonly version: string };

const MARK = Buffer.from('plinth1\n');
const END = MARK.length + 4;
const LONGEST = 16_384;

/**
 * What is known of an object lies behind its bytes, in the same file: `<bytes> <JSON> <length of the JSON, 4 bytes> plinth1\n`. One rename
 * puts both in place, so neither is ever seen with the other's predecessor.
 */
export function encodeTrailer(trailer: Trailer): Buffer {
  const json = Buffer.from(JSON.stringify(trailer));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, MARK]);
}

export async function readTrailer(file: FileHandle): Promise<Trailer> {
  const { size } = await file.stat();
  const end = await readAt(file, size - END, END);
  const length = end.length === END && end.subarray(4).equals(MARK) ? end.readUInt32BE(0) : 0;
  if (length < 2 || length > LONGEST || length > size - END)
    throw new PlatformError('storage_failed', 'A file in the object store is not one of its own. Remove it.');
  const trailer = JSON.parse((await readAt(file, size - END - length, length)).toString()) as Trailer;
  if (trailer.bytes !== size - END - length)
    throw new PlatformError('storage_failed', 'A file in the object store has lost bytes. Put it again.');
  return trailer;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
