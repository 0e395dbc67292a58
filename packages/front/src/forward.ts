import {
  Agent,
  request,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { PlatformError } from '@plinth/contracts';
import type { FrontApp } from './front-app.ts';
import { nodeBindings } from './http/node-bindings.ts';

export interface ForwardOptions {
  /** Path here that stands for the root there: `/rag`. Empty where it has the same paths here. */
  readonly prefix: string;
  /** Routes here that are handed on. @default all under the prefix */
  readonly routes?: readonly string[];
  /** What is there, for whoever is told that it does not answer. */
  readonly service: string;
  /** Where it goes: `http://host:port`. Plain HTTP, on this machine or a private network. */
  readonly target: string;
  /** What may be reached there. @default the API, its description and its health; not its metrics */
  readonly paths?: RegExp;
  /** Requests at once; more wait. @default 256 */
  readonly connections?: number;
  /** Longest silence of the service, milliseconds. @default 600_000 */
  readonly silenceMs?: number;
}

const CONNECT_MS = 5_000;
const PATHS = /^\/(?:v1\/|openapi\.json$|healthz$|readyz$)/;
/** Of one connection alone (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
]);

/**
 * Hands what comes under a prefix to a service beside this one, so that a laptop has one origin. Bodies flow both ways as they come, at the pace of the
 * slower side; a client that leaves ends its request there. The service checks keys and sizes by itself: nothing is decided here.
 */
export function addForward(app: FrontApp, options: ForwardOptions): void {
  const { prefix, routes = [`${prefix}/*`], paths = PATHS, service } = options;
  const target = new URL(options.target);
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? 256 });
  app.on('ALL', [...routes], async (context) => {
    const node = nodeBindings(context);
    // As the service will read it, dots resolved: what is looked at here is what is asked for there.
    const { pathname, search } = new URL(node?.incoming.url ?? '/', target);
    const path = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : '';
    if (node === undefined || !paths.test(path))
      throw new PlatformError('not_found', `There is nothing here. GET ${prefix}/openapi.json lists what there is.`);
    const { incoming, outgoing } = node as { incoming: IncomingMessage; outgoing: ServerResponse };
    const upstream = request({
      agent,
      host: target.hostname,
      port: target.port,
      method: incoming.method,
      path: path + search,
      headers: passedOn(incoming.headers),
      timeout: options.silenceMs ?? 600_000,
    });
    const leave = () => void (outgoing.writableFinished || upstream.destroy());
    outgoing.once('close', leave);
    try {
      const answer = await answered(upstream, incoming, service);
      outgoing.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
      outgoing.flushHeaders();
      // Whoever breaks off breaks the other's connection too: a half of an answer is not shown as a whole one.
      await pipeline(answer, outgoing).catch(() => outgoing.destroy());
      return RESPONSE_ALREADY_SENT;
    } finally {
      outgoing.off('close', leave);
    }
  });
}

/** Sends the body and resolves when the service begins to answer, which it may do before it has read all of it. */
function answered(upstream: ClientRequest, incoming: IncomingMessage, service: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const connecting = setTimeout(() => upstream.destroy(new Error('connect timeout')), CONNECT_MS);
    upstream.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => clearTimeout(connecting));
      else clearTimeout(connecting);
    });
    upstream.once('timeout', () => upstream.destroy(new Error('silence')));
    upstream.once('response', (answer) => {
      clearTimeout(connecting);
      resolve(answer);
    });
    upstream.once('error', (cause) => {
      clearTimeout(connecting);
      reject(unreachable(cause, service));
    });
    // After the answer has begun, errors of the body are the answer's own.
    pipeline(incoming, upstream).catch((cause: unknown) => reject(unreachable(cause, service)));
  });
}

function unreachable(cause: unknown, service: string): PlatformError {
  return new PlatformError('overloaded', `The ${service} does not answer. It may be starting: retry shortly.`, {
    cause,
    retryAfterSeconds: 2,
  });
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  // A connection may name more headers that are its own.
  const own = new Set(
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !own.has(name)));
}
