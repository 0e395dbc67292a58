import { Readable } from 'node:stream';
import type { ObjectStore } from '@plinth/stores/objects';

/** Objects of a test, as far as batches use them. */
export class MemoryObjects implements Pick<ObjectStore, 'put' | 'get' | 'delete'> {
  readonly #objects = new Map<string, Buffer>();

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  text(key: string): string {
    return String(this.#objects.get(key));
  }

  async put(...[key, body]: Parameters<ObjectStore['put']>): ReturnType<ObjectStore['put']> {
    const parts: Uint8Array[] = [];
    for await (const part of body instanceof Uint8Array ? [body] : body) parts.push(part);
    const bytes = Buffer.concat(parts);
    const content = { bytes: bytes.length, sha256: '' };
    const name = typeof key === 'string' ? key : key(content);
    this.#objects.set(name, bytes);
    return { ...content, key: name, created: true };
  }

  async get(key: string): ReturnType<ObjectStore['get']> {
    const bytes = this.#objects.get(key);
    if (bytes === undefined) return undefined;
    const head = { key, bytes: bytes.length, etag: '', contentType: '', metadata: {}, modifiedAt: 0 };
    return { ...head, body: Readable.from([bytes]) };
  }

  async delete(key: string): Promise<boolean> {
    return this.#objects.delete(key);
  }
}
