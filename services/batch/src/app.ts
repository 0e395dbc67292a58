import type { Identity } from '@plinth/contracts';
import {
  addModels,
  createFrontApp,
  identityOf,
  type FrontApp,
  type FrontContext,
  type FrontOptions,
} from '@plinth/front';
import type { Identify, Router } from '@plinth/gateway';
import type { Recorder } from './audit.ts';
import type { AsyncRequests } from './async/async-requests.ts';
import type { Batches } from './batches/batches.ts';
import type { Files } from './files/files.ts';
import type { DirectTransfers } from './files/uploads.ts';
import { addAsyncRoutes } from './routes/async-routes.ts';
import { addBatchRoutes } from './routes/batches.ts';
import { addFileRoutes } from './routes/files.ts';
import { addUploadRoutes } from './routes/uploads.ts';

export interface BatchAppOptions extends Omit<FrontOptions, 'openApi'>, Recorder {
  readonly identify: Identify;
  readonly files: Files;
  readonly batches: Batches;
  /** Which models batches may name. */
  readonly router: Router;
  /** Single requests that are answered later. */
  readonly asyncRequests: AsyncRequests;
  /** Where what is large goes past this service. Absent where it goes through it. */
  readonly direct?: DirectTransfers;
}

/** OpenAI's files and batches, on Node and on Lambda alike. It takes in and tells; the work is done elsewhere. */
export function createBatchApp(options: BatchAppOptions): FrontApp {
  const openApi = async () => (await import('./openapi.ts')).openApiDocument();
  const identify = (context: FrontContext): Promise<Identity> => identityOf(context, options.identify);
  return createFrontApp({ ...options, openApi }, (app) => {
    addFileRoutes(app, { ...options, identify });
    if (options.direct !== undefined) addUploadRoutes(app, { ...options, identify, uploads: options.direct.uploads });
    addBatchRoutes(app, { ...options, identify });
    addAsyncRoutes(app, { ...options, identify });
    addModels(app, options);
  });
}
