import { connect, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LinkMode } from './link-mode.ts';

export interface LinkTarget {
  readonly host: string;
  readonly port: number;
}

/** One connection over a link: two sockets, and what passes between them in order. */
export class LinkConnection {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #mode: () => LinkMode;
  #answered = 0;
  #hasLost = false;

  constructor(client: Socket, target: LinkTarget, mode: () => LinkMode, onEnd: () => void) {
    this.#client = client;
    this.#target = connect(target);
    this.#mode = mode;
    for (const socket of [this.#client, this.#target]) {
      socket.setNoDelay(true);
      // Whatever breaks one side breaks the other.
      socket.once('error', () => this.break());
    }
    this.#client.once('close', () => {
      this.#target.destroy();
      onEnd();
    });
    // One that ended in order may have bytes under way to the client still; who passes them on ends the client after them.
    this.#target.once('close', (failed) => {
      if (failed || this.#hasLost) this.#client.destroy();
    });
    void this.#pump(this.#client, this.#target, (chunk) => this.#sent(chunk));
    void this.#pump(this.#target, this.#client, (chunk) => this.#answer(chunk));
  }

  /** With a reset, as a network does that has gone: not an orderly end. */
  break(): void {
    this.#client.resetAndDestroy();
    this.#target.resetAndDestroy();
  }

  /** A connection that has lost bytes is of no use to the next mode. */
  modeChanged(): void {
    if (this.#mode().kind === 'cut' || this.#hasLost) this.break();
  }

  async #pump(from: Socket, to: Socket, pass: (chunk: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of from) await pass(chunk as Buffer);
      if (!this.#hasLost) to.end();
    } catch {
      // Either side broke off; both are closed by their own listeners.
      this.break();
    }
  }

  async #sent(chunk: Buffer): Promise<void> {
    if (this.#mode().kind === 'drop') this.#hasLost = true;
    else await this.#write(this.#target, chunk);
  }

  async #answer(chunk: Buffer): Promise<void> {
    const mode = this.#mode();
    if (mode.kind === 'drop' || mode.kind === 'half-open') {
      this.#hasLost = true;
      return;
    }
    const room = mode.kind === 'reset' ? mode.afterBytes - this.#answered : Number.POSITIVE_INFINITY;
    this.#answered += chunk.length;
    await this.#write(this.#client, room < chunk.length ? chunk.subarray(0, Math.max(0, room)) : chunk);
    if (room < chunk.length) this.break();
  }

  async #write(to: Socket, chunk: Buffer): Promise<void> {
    const mode = this.#mode();
    if (mode.kind === 'delay') await setTimeout(mode.ms);
    if (mode.kind !== 'dribble') return written(to, chunk);
    for (const byte of chunk) {
      await written(to, Buffer.of(byte));
      await setImmediate();
    }
  }
}

/** Resolves when the bytes are the system's, so that a slow reader slows its writer down. */
function written(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
