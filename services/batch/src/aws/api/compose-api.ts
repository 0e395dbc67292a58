import type { BatchApiEnvironment } from '@plinth/contracts';
import type { Router } from '@plinth/gateway';
import type { Clock } from '@plinth/stores';
import type { BatchRecord, BatchStore } from '@plinth/stores/batches';
import { AsyncRequests } from '../../async/async-requests.ts';
import { Batches } from '../../batches/batches.ts';
import { Files } from '../../files/files.ts';
import { Uploads, type DirectTransfers } from '../../files/uploads.ts';
import { bucketObjects } from '../bucket-objects.ts';
import { catalogRouter } from '../catalog.ts';
import type { Buckets } from '../places.ts';
import type { signedPlaces } from './signed-places.ts';

export interface ApiParts {
  readonly environment: BatchApiEnvironment;
  readonly store: BatchStore;
  readonly buckets: Buckets;
  readonly signed: ReturnType<typeof signedPlaces>;
  readonly clock: Clock;
  readonly wake: (batch: BatchRecord) => Promise<void>;
}

export interface ApiPlatform {
  readonly files: Files;
  readonly batches: Batches;
  readonly asyncRequests: AsyncRequests;
  readonly direct: DirectTransfers;
  readonly router: Router;
}

/** Files, batches and single requests as they are taken in and told of in AWS: what is large goes to S3 and comes from there. */
export function composeApi({ environment, store, buckets, signed, clock, wake }: ApiParts): ApiPlatform {
  const objects = bucketObjects(buckets);
  const { PLINTH_CATALOG: catalog } = environment;
  const bounds = {
    maxFileBytes: environment.PLINTH_MAX_FILE_BYTES,
    maxFiles: environment.PLINTH_MAX_FILES,
    maxStoredBytes: environment.PLINTH_MAX_STORED_BYTES,
    maxOpenBatches: environment.PLINTH_MAX_OPEN_BATCHES,
  };
  const router = catalogRouter(catalog);
  const files = new Files({ store, objects, bounds, clock });
  const batches = new Batches({ store, bounds, clock, wake });
  // A queue before machines, where there is one: made for single requests.
  const engineOf = (model: string) =>
    catalog.find(({ id }) => id === model)?.engines.async === undefined ? undefined : 'async';
  return {
    ...{ files, batches, router },
    asyncRequests: new AsyncRequests({ files, batches, router, engineOf }),
    direct: {
      uploads: new Uploads({ store, objects, bounds, clock, signPut: (key, bytes) => signed.put(key, bytes) }),
      downloads: (file) => signed.get(file),
    },
  };
}
