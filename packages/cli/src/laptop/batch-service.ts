import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { dataFolder, WORKSPACE } from '../workspace.ts';
import { laptopBatchCatalog } from './catalog.ts';
import { startChild, type Child } from './child.ts';
import type { JoiningServiceOptions } from './joining-service.ts';

const READY_MS = 60_000;
/** More wait in the line of the model's server, which has four places and leaves one to those who chat. */
const CONCURRENCY = '8';

/** Starts the service that runs batches. Undefined where it cannot run: then the platform runs without it, and says why. */
export async function startBatch(options: JoiningServiceOptions): Promise<Child | undefined> {
  const { host, port, state, model, credentials, say } = options;
  try {
    return await startChild({
      name: 'batch',
      entry: join(WORKSPACE, 'services/batch/src/server.ts'),
      logFolder: state,
      readyTimeoutMs: READY_MS,
      onLine: () => undefined,
      environment: {
        PLINTH_HOST: host,
        PLINTH_PORT: String(port),
        PLINTH_STATE_DIR: dataFolder(state),
        PLINTH_BATCH_DIR: process.env['PLINTH_BATCH_DIR'] ?? join(state, 'batches'),
        PLINTH_CATALOG:
          process.env['PLINTH_CATALOG'] ??
          JSON.stringify(laptopBatchCatalog(String(model['model']), String(model['openai']))),
        PLINTH_CONCURRENCY: process.env['PLINTH_CONCURRENCY'] ?? CONCURRENCY,
        PLINTH_BEDROCK_URL: String(model['bedrock']),
        PLINTH_SAGEMAKER_URL: String(model['sagemaker']),
        ...credentials,
      },
    });
  } catch (error) {
    say(`Batches cannot be run: ${PlatformError.from(error).message}`);
    return undefined;
  }
}
