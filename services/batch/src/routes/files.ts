import { Readable } from 'node:stream';
import { FilePurpose, PlatformError, type Identity } from '@plinth/contracts';
import {
  bodyStream,
  clientController,
  readMultipart,
  requestHeader,
  type FrontApp,
  type FrontContext,
} from '@plinth/front';
import type { FileRecord } from '@plinth/stores/batches';
import { record, type Recorder } from '../audit.ts';
import { fileView } from '../files/file-view.ts';
import type { Files } from '../files/files.ts';
import type { DirectTransfers } from '../files/uploads.ts';
import { byteRange } from './byte-range.ts';
import { listQuery, listView } from './list-query.ts';
import { readRest } from './read-rest.ts';

export interface FileRoutes extends Recorder {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly files: Files;
  /** Where a file is to be had from, when it is not sent through this service. */
  readonly direct?: Pick<DirectTransfers, 'downloads'>;
}

/** /v1/files, as OpenAI has it. */
export function addFileRoutes(app: FrontApp, routes: FileRoutes): void {
  const { identify, files } = routes;

  app.post('/v1/files', async (context) => {
    const { signal } = clientController(context);
    const identity = await identify(context);
    const form = readMultipart(context.req.header('content-type'), bodyStream(context));
    const declared = Number(requestHeader(context, 'content-length') ?? 0);
    const file = await files.accept(identity, form, { declared, signal }).catch(async (error: unknown) => {
      await readRest(context);
      throw error;
    });
    await record(routes, identity, { requestId: context.get('requestId'), action: 'file.created', reason: file.id });
    return context.json(fileView(file));
  });

  app.get('/v1/files', async (context) => {
    const identity = await identify(context);
    const purpose = purposeOf(context);
    const { items, more } = await files.list(identity, { ...listQuery(context, 100), purpose });
    return context.json(listView(items.map(fileView), more));
  });

  app.get('/v1/files/:id', async (context) =>
    context.json(fileView(await files.get(await identify(context), context.req.param('id')))),
  );

  app.get('/v1/files/:id/content', async (context) => {
    const file = await files.get(await identify(context), context.req.param('id'));
    const { direct } = routes;
    return direct === undefined ? content(context, files, file) : context.redirect(await direct.downloads(file), 302);
  });

  app.delete('/v1/files/:id', async (context) => {
    const identity = await identify(context);
    const { id } = await files.delete(identity, context.req.param('id'));
    await record(routes, identity, { requestId: context.get('requestId'), action: 'file.deleted', reason: id });
    return context.json({ id, object: 'file', deleted: true });
  });
}

async function content(context: FrontContext, files: Files, file: FileRecord): Promise<Response> {
  const range = byteRange(context.req.header('range'), file.bytes);
  if (range === 'unsatisfiable') return context.body(null, 416, { 'content-range': `bytes */${file.bytes}` });
  const { signal } = clientController(context);
  const { body } = await files.open(file, { range, signal });
  const { first, last } = range ?? { first: 0, last: file.bytes - 1 };
  return context.body(Readable.toWeb(body) as ReadableStream<Uint8Array>, range === undefined ? 200 : 206, {
    'content-type': 'application/jsonl',
    'content-length': String(last - first + 1),
    'content-disposition': `attachment; filename="${file.id}.jsonl"`,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${file.bytes}` }),
  });
}

function purposeOf(context: FrontContext): FilePurpose | undefined {
  const given = context.req.query('purpose');
  if (given === undefined) return undefined;
  const known = FilePurpose.safeParse(given);
  if (known.success) return known.data;
  throw new PlatformError('invalid_request', '"purpose" is "batch" or "batch_output".', { param: 'purpose' });
}
