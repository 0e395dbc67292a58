import { UploadCreate, type Identity, type UploadObject, type UploadState } from '@plinth/contracts';
import { parseBody, type FrontApp, type FrontContext } from '@plinth/front';
import { record, type Recorder } from '../audit.ts';
import { fileView } from '../files/file-view.ts';
import type { Uploads } from '../files/uploads.ts';

export interface UploadRoutes extends Recorder {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly uploads: Uploads;
}

const BODY_BYTES = 16 * 1024;
const seconds = (ms: number) => Math.floor(ms / 1_000);

/** /v1/uploads, for files that a function cannot take. The parts of OpenAI's are one here: a PUT to the address that `plinth` holds. */
export function addUploadRoutes(app: FrontApp, routes: UploadRoutes): void {
  const { identify, uploads } = routes;

  app.post('/v1/uploads', async (context) => {
    const identity = await identify(context);
    const { put, ...state } = await uploads.create(identity, await parseBody(context, UploadCreate, BODY_BYTES));
    const plinth = { put_url: put.url, headers: { ...put.headers }, expires_at: seconds(put.expiresAt) };
    return context.json({ ...view(state, 'pending'), plinth } satisfies UploadObject);
  });

  app.post('/v1/uploads/:id/complete', async (context) => {
    const identity = await identify(context);
    const { state, file } = await uploads.complete(identity, context.req.param('id'));
    await record(routes, identity, { requestId: context.get('requestId'), action: 'file.created', reason: file.id });
    return context.json({ ...view(state, 'completed'), file: fileView(file) } satisfies UploadObject);
  });

  app.post('/v1/uploads/:id/cancel', async (context) =>
    context.json(view(await uploads.cancel(await identify(context), context.req.param('id')), 'cancelled')),
  );
}

function view(state: UploadState, status: UploadObject['status']): UploadObject {
  const { id, bytes, filename, createdAt, expiresAt } = state;
  return {
    ...{ id, object: 'upload', bytes, filename, purpose: 'batch', status },
    created_at: seconds(createdAt),
    expires_at: seconds(expiresAt),
    file: null,
  };
}
