import type { PlatformError } from '@plinth/contracts';
import type { Dispatcher } from 'undici';
import { Exchange, type ExchangeLimits, type ExchangeRequest, type ResponseHeaders } from './exchange.ts';

export interface CollectedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
}

/** One exchange as a whole answer of any status. Rejects with a PlatformError. */
export function collect(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<CollectedResponse> {
  return new Promise((resolve, reject: (error: PlatformError) => void) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: ResponseHeaders = {};
    const exchange = new Exchange(limits, signal, {
      onHeaders(receivedStatus, receivedHeaders) {
        status = receivedStatus;
        headers = receivedHeaders;
      },
      onData(chunk) {
        chunks.push(chunk);
        return true;
      },
      onEnd: () => resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') }),
      onFailure: reject,
    });
    exchange.send(dispatcher, request);
  });
}
