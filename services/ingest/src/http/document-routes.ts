import { Readable } from 'node:stream';
import { PlatformError, type Identity } from '@plinth/contracts';
import type { FrontApp, FrontContext } from '@plinth/front';
import { readerOf, type DocumentIndex, type Library } from '@plinth/retrieval';
import type { AuditLog } from '@plinth/stores';
import type { ObjectStore } from '@plinth/stores/objects';
import type { Accepted, Acceptor } from '../accept/accept.ts';
import { systemTimers, type Timers } from '../work/timers.ts';
import { documentView } from './document-view.ts';
import { ProgressEvents } from './progress-events.ts';
import { acceptBytes, acceptForm } from './upload.ts';

interface Reading {
  readonly library: Library;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly timers?: Timers;
}

/** By which documents come and go. */
interface Changing {
  readonly acceptor: Acceptor;
  readonly index: Pick<DocumentIndex, 'forget'>;
  /** Hears who sent and who removed documents; what it cannot keep is not acknowledged. */
  readonly audit?: Pick<AuditLog, 'append'>;
  /** Told of a deletion that waits for a worker. */
  readonly wake?: () => void;
}

/** Without an acceptor the library is read alone: documents come and go by the bucket, and whoever sends one here is told so. */
export type Documents = Reading & (Changing | { readonly acceptor?: undefined });

interface Caller {
  /** Who is calling. Throws `invalid_api_key` or `invalid_token`. */
  readonly identify: (context: FrontContext) => Promise<Identity>;
}

export type DocumentRoutes = Documents & Caller;

const PAGE = { default: 20, most: 100 };

/**
 * The library of documents under /v1/documents. Ids are one segment of a path, percent-encoded. A document that shares no group with the caller
 * reads as absent. Who shares one may replace and delete it, and open it to groups of their own.
 */
export function addDocumentRoutes(app: FrontApp, routes: DocumentRoutes): void {
  if (routes.acceptor !== undefined) addChanges(app, routes);
  else refuseChanges(app, routes);
  addReading(app, routes);
}

function addReading(app: FrontApp, { identify, library, objects, timers = systemTimers }: Reading & Caller): void {
  const watched = new ProgressEvents(timers);

  app.get('/v1/documents', async (context) => {
    const reader = readerOf(await identify(context));
    const limit = whole(context, 'limit', PAGE.most) ?? PAGE.default;
    const after = context.req.query('after');
    // One more than is shown tells whether there is more.
    const records = await library.list(reader, { after, limit: limit + 1 });
    const shown = records.slice(0, limit);
    return context.json({
      object: 'list',
      data: shown.map(documentView),
      has_more: records.length > limit,
      last_id: shown.at(-1)?.documentId ?? null,
    });
  });

  app.get('/v1/documents/:id', async (context) => {
    const reader = readerOf(await identify(context));
    return context.json(documentView(found(await library.get(reader, idOf(context)))));
  });

  app.get('/v1/documents/:id/events', async (context) => {
    const reader = readerOf(await identify(context));
    const id = idOf(context);
    found(await library.get(reader, id));
    return watched.stream(context, () => library.get(reader, id));
  });

  app.get('/v1/documents/:id/text', async (context) => {
    const reader = readerOf(await identify(context));
    const id = idOf(context);
    const { version, text, blocks } = found(await library.text(reader, id, whole(context, 'version', 2 ** 31 - 1)));
    return context.json({ id, version, text, blocks });
  });

  app.get('/v1/documents/:id/content', async (context) => {
    const reader = readerOf(await identify(context));
    const id = idOf(context);
    const object = found(
      await objects.get(found(await library.objectKey(reader, id)), { signal: context.req.raw.signal }),
    );
    // Whatever somebody uploaded is handed over to be saved, and never shown or run by a browser under our origin.
    return context.body(Readable.toWeb(object.body) as ReadableStream<Uint8Array>, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(object.bytes),
      'content-disposition': attachment(id),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
  });
}

function addChanges(app: FrontApp, routes: Reading & Changing & Caller): void {
  const { identify, acceptor, index, wake, timers = systemTimers } = routes;
  const record = async (context: FrontContext, { tenant, principal }: Identity, action: string) => {
    const requestId = context.get('requestId');
    await routes.audit?.append([{ at: timers.now(), requestId, action, outcome: 'allowed', tenant, principal }]);
  };

  app.post('/v1/documents', async (context) => {
    const identity = await identify(context);
    const accepted = await acceptForm(context, identity, acceptor);
    await record(context, identity, 'document.accepted');
    return acknowledge(context, accepted);
  });

  app.put('/v1/documents/:id', async (context) => {
    const identity = await identify(context);
    const accepted = await acceptBytes(context, identity, acceptor);
    await record(context, identity, 'document.accepted');
    return acknowledge(context, accepted);
  });

  app.delete('/v1/documents/:id', async (context) => {
    const identity = await identify(context);
    const documentId = idOf(context);
    if (!(await index.forget({ tenant: identity.tenant, documentId }, { holding: identity.groups }))) throw absent();
    wake?.();
    await record(context, identity, 'document.removed');
    return context.json({ id: documentId, object: 'document', deleted: true });
  });
}

function refuseChanges(app: FrontApp, { identify }: Caller): void {
  const refuse = async (context: FrontContext): Promise<never> => {
    await identify(context);
    throw new PlatformError(
      'unsupported_feature',
      "Documents come and go by the bucket here: put or delete the object <tenant>/<id> in its folder of documents, with the groups in the object's metadata.",
    );
  };
  app.post('/v1/documents', refuse);
  app.put('/v1/documents/:id', refuse);
  app.delete('/v1/documents/:id', refuse);
}

function acknowledge(context: FrontContext, { record, unchanged }: Accepted): Response {
  const { documentId, version, state } = record;
  return context.json({ id: documentId, object: 'document', version, state, unchanged }, 202);
}

function idOf(context: FrontContext): string {
  return context.req.param('id') ?? '';
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw absent();
  return value;
}

function absent(): PlatformError {
  return new PlatformError('not_found', 'There is no such document, or none that you may read.', { param: 'id' });
}

function whole(context: FrontContext, param: string, most: number): number | undefined {
  const text = context.req.query(param);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < 1 || value > most)
    throw new PlatformError('invalid_request', `"${param}" is a whole number from 1 to ${most}.`, { param });
  return value;
}

/** Named like the last part of the id (RFC 6266). */
function attachment(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const plain = name.replace(/[^A-Za-z0-9._ -]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
