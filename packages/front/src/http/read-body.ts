import { PlatformError } from '@plinth/contracts';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { nodeBindings, requestHeader } from './node-bindings.ts';

/** The body, never more than `limit` bytes of it in memory. */
export async function readBody(context: Context, limit: number): Promise<Uint8Array> {
  const node = nodeBindings(context);
  if (node !== undefined) return readNodeBody(node.incoming, limit);
  refuseDeclared(requestHeader(context, 'content-length'), limit);
  return readWebBody(context.req.raw.body, limit);
}

function refuseDeclared(length: string | undefined, limit: number): void {
  if (Number(length ?? 0) > limit) throw tooLarge(limit);
}

async function readWebBody(body: Request['body'], limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next?.value === undefined) return Buffer.concat(chunks);
    size += next.value.byteLength;
    if (size > limit) {
      await reader?.cancel();
      throw tooLarge(limit);
    }
    chunks.push(next.value);
  }
}

/** The body of a request over Node's HTTP server. */
export function readNodeBody(incoming: HttpBindings['incoming'], limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    refuseDeclared(incoming.headers['content-length'], limit);
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: () => void) => {
      incoming.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      outcome();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) settle(() => reject(tooLarge(limit)));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const onError = (error: Error) => settle(() => reject(left(error)));
    const onClose = () => settle(() => reject(left()));
    incoming.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

function tooLarge(limit: number): PlatformError {
  return new PlatformError('request_too_large', `The body is over ${limit} bytes. Send fewer or shorter messages.`);
}

function left(cause?: Error): PlatformError {
  return new PlatformError('client_closed', 'The client closed the connection before its request was read.', { cause });
}
