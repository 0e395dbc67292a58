import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Text that is gathered before it is written, UTF-16 code units, whatever the event loop is doing. */
const GATHER_LIMIT = 65_536;

/**
 * Writes a stream of text to a client, at the client's pace. Frames that arrive in one turn of the event loop leave in one write, and
 * each write frames its own HTTP chunk: Node's response makes four pieces of every chunk, which doubles what a token costs.
 */
export class SseSink {
  readonly #outgoing: ServerResponse;
  /** Where chunks are written to directly; absent where the client does not take chunks (HTTP/1.0), which then gets Node's own way. */
  readonly #socket: Socket | undefined;
  #gathered = '';
  #scheduled = false;
  #full = false;

  constructor(outgoing: ServerResponse, headers: Record<string, string>) {
    this.#outgoing = outgoing;
    outgoing.writeHead(200, headers);
    outgoing.flushHeaders();
    if (outgoing.chunkedEncoding && outgoing.socket !== null) this.#socket = outgoing.socket;
  }

  /** True once the client is gone. */
  get gone(): boolean {
    return this.#outgoing.destroyed || this.#outgoing.socket === null;
  }

  /** Resolves at once, or, when the client has not read what was written before, once it has. */
  write(text: string): Promise<void> | undefined {
    this.#gathered += text;
    if (this.#gathered.length >= GATHER_LIMIT) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#flushScheduled);
    }
    return this.#full ? this.#drained() : undefined;
  }

  end(): void {
    this.#flush();
    this.#outgoing.end();
  }

  readonly #flushScheduled = (): void => {
    this.#scheduled = false;
    this.#flush();
  };

  #flush(): void {
    const text = this.#gathered;
    if (text === '' || this.gone) return;
    this.#gathered = '';
    this.#full = !(this.#socket === undefined ? this.#outgoing.write(text) : writeChunk(this.#socket, text));
  }

  #drained(): Promise<void> {
    const emitter = this.#socket ?? this.#outgoing;
    return new Promise((resolve) => {
      const done = () => {
        emitter.off('drain', done).off('close', done);
        this.#full = false;
        resolve();
      };
      emitter.on('drain', done).on('close', done);
      if (this.gone || !emitter.writableNeedDrain) done();
    });
  }
}

/** One chunk of the chunked transfer coding (RFC 9112, section 7.1). Text in ASCII, which most is, goes out without being encoded. */
function writeChunk(socket: Socket, text: string): boolean {
  const bytes = Buffer.byteLength(text);
  return socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, bytes === text.length ? 'latin1' : 'utf8');
}
