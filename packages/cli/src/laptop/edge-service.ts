import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PlatformError } from '@plinth/contracts';
import { contentsOf } from '../edge/contents.ts';
import { WORKSPACE } from '../workspace.ts';
import { laptopSiteCatalog } from './catalog.ts';
import { startChild, type Child } from './child.ts';
import { freePort } from './free-port.ts';
import type { JoiningServiceOptions } from './joining-service.ts';
import { publishSiteBundle } from './site-bundle.ts';

const SITE = 'laptop';
const READY_MS = 60_000;
/** Whoever publishes a bundle here waits to see what the site makes of it. */
const BUNDLE_POLL_MS = '10000';

export interface EdgeServiceOptions extends JoiningServiceOptions {
  /** Address of the laptop's Bedrock endpoint over the site's link. */
  readonly centre: string;
}

/** Starts a site: what would run far away, beside the platform. Undefined where it cannot run: then the platform runs without it, and says why. */
export async function startEdge(options: EdgeServiceOptions): Promise<Child | undefined> {
  const { host, port, state, model, centre, credentials, say } = options;
  const folder = join(state, 'edge');
  const reports = join(folder, 'reports');
  try {
    const { contents } = await contentsOf({ weights: [], keysOf: ['laptop'] });
    const { publicKey, bundles } = await publishSiteBundle({ folder, site: SITE, contents });
    await mkdir(reports, { recursive: true, mode: 0o700 });
    return await startChild({
      name: 'edge',
      entry: join(WORKSPACE, 'services/edge/src/main.ts'),
      args: ['gateway'],
      logFolder: state,
      readyTimeoutMs: READY_MS,
      onLine: () => undefined,
      environment: {
        PLINTH_SITE: SITE,
        PLINTH_HOST: host,
        PLINTH_PORT: String(port),
        PLINTH_HEALTH_PORT: String(await freePort(port + 1, host)),
        PLINTH_STATE_DIR: join(folder, 'data'),
        PLINTH_MODELS_DIR: join(folder, 'models'),
        PLINTH_BUNDLES: folderUrl(bundles),
        PLINTH_BUNDLE_KEY: publicKey,
        PLINTH_BUNDLE_POLL_MS: BUNDLE_POLL_MS,
        PLINTH_SYNC_QUEUE: folderUrl(reports),
        PLINTH_CATALOG: JSON.stringify(laptopSiteCatalog(String(model['model']), String(model['openai']))),
        PLINTH_BEDROCK_URL: centre,
        ...credentials,
      },
    });
  } catch (error) {
    say(`The site does not run: ${PlatformError.from(error).message}`);
    return undefined;
  }
}

const folderUrl = (folder: string): string => pathToFileURL(`${folder}/`).href;
