/** Messages of PostgreSQL's protocol, version 3, out of the bytes of a connection: https://www.postgresql.org/docs/current/protocol-message-formats.html */
export class WireFrames {
  #bytes = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** The next whole message, its type and length included; undefined until it is there. @param typed False for a connection's first, which has no type. */
  next(typed: boolean): Buffer | undefined {
    const start = typed ? 1 : 0;
    if (this.#bytes.length < start + 4) return undefined;
    const size = start + this.#bytes.readInt32BE(start);
    if (this.#bytes.length < size) return undefined;
    const message = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return message;
  }
}

export function frame(type: string, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Names and values of a connection's first message. */
export function startupFields(message: Buffer): Record<string, string> {
  const texts = message.subarray(8).toString().split('\0');
  return Object.fromEntries(texts.flatMap((name, at) => (at % 2 === 0 && name !== '' ? [[name, texts[at + 1]!]] : [])));
}

export function failure(code: string, message: string): Buffer {
  return frame('E', Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`));
}
