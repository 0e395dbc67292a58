import { Agent, request } from 'node:http';
import { PlatformError } from '@plinth/contracts';
import type { BatchRecordCall, RecordEngine, RecordOutcome } from '../../ports/record-engine.ts';

/** Asks a {@link CountingUpstream} under a name. */
export class HttpEngine implements RecordEngine {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #name: string;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  run({ line }: BatchRecordCall, { signal }: { readonly signal: AbortSignal }): Promise<RecordOutcome> {
    return new Promise((resolve, reject) => {
      const failed = (cause: unknown) =>
        reject(new PlatformError('upstream_failed', 'The upstream is gone.', { cause }));
      const headers = { 'content-type': 'application/json', 'x-worker': this.#name };
      const call = request(this.#url, { method: 'POST', agent: this.#agent, headers, signal }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('error', failed);
        response.on('end', () => {
          const { body, used } = JSON.parse(text) as Pick<RecordOutcome, 'body' | 'used'>;
          resolve({ status: response.statusCode ?? 0, body, used });
        });
      });
      call.on('error', failed);
      call.end(JSON.stringify(line));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
