import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import type { FetchOptions, WeightsSource } from './source.ts';
import type { KnownModel } from './manifest.ts';

export interface HubOptions {
  fetch?: typeof globalThis.fetch;
  /** Longest wait for the first answer, redirects included, milliseconds. Short, so that a machine with no hub in reach moves on. */
  connectTimeoutMs?: number;
  /** Longest silence in the middle of the download, milliseconds. */
  stallTimeoutMs?: number;
}

/** The Hugging Face hub, over HTTPS. */
export function hubSource(options: HubOptions = {}): WeightsSource {
  const { fetch = globalThis.fetch, connectTimeoutMs = 5_000, stallTimeoutMs = 30_000 } = options;
  return {
    name: 'Hugging Face hub',
    remedy: 'check that this machine may reach the hub over HTTPS (proxy, firewall), then try again',
    async fetch(model, fetchOptions) {
      if (model.hubUrl === undefined) throw new Error('no file there is known to be this one');
      const timer = new SilenceTimer();
      const signal = AbortSignal.any([fetchOptions.signal, timer.signal]);
      try {
        timer.restart(connectTimeoutMs, `no answer within ${connectTimeoutMs / 1000} s`);
        const response = await fetch(model.hubUrl, { signal, redirect: 'follow' });
        if (!response.ok || !response.body) throw new Error(`the hub answered ${response.status}`);
        const body = Readable.fromWeb(response.body as WebStream);
        const watch = watchBytes(model, fetchOptions, () =>
          timer.restart(stallTimeoutMs, `no bytes for ${stallTimeoutMs / 1000} s`),
        );
        await pipeline(body, watch, createWriteStream(fetchOptions.target, { flags: 'wx' }), { signal });
      } catch (error) {
        throw timer.signal.aborted ? new Error(String(timer.signal.reason), { cause: error }) : describe(error);
      } finally {
        timer.stop();
      }
    },
  };
}

/** Counts bytes for the progress line, and refuses to fill the disk with a file longer than the one asked for. */
function watchBytes(model: KnownModel, { onProgress }: FetchOptions, onBytes: () => void): Transform {
  let receivedBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      receivedBytes += chunk.length;
      onBytes();
      onProgress({ source: 'Hugging Face hub', receivedBytes, totalBytes: model.bytes });
      done(
        receivedBytes > model.bytes ? new Error(`it sent more than the expected ${model.bytes} bytes`) : null,
        chunk,
      );
    },
  });
}

/** fetch hides the reason (DNS, refused, TLS) in `cause`; people need that part. */
function describe(error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new Error(cause instanceof Error ? cause.message : String(cause), { cause: error });
}

/** An abort signal that fires after a silence; `restart` begins the silence anew. */
class SilenceTimer {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(ms: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(reason), ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
