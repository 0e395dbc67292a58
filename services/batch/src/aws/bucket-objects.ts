import type { ObjectStore } from '@plinth/stores/objects';
import type { Buckets } from './places.ts';

/** Files that batches wrote, and marks of their ends; what people send is never named so. */
const RESULT = /^(files\/[^/]+\/file-batch_[0-9a-f]+-(output|errors)$|endings\/)/;
/** What engines write, and results of records. */
const WORKED = /^(parts|async)\//;

/** Whether an object is one that people get. */
export const isResult = (key: string): boolean => RESULT.test(key);

/** The buckets as one store: a key tells where it belongs. */
export function bucketObjects({ input, output, results }: Buckets): ObjectStore {
  const of = (key: string) => (isResult(key) ? results : WORKED.test(key) ? output : input);
  return {
    put: (key, body, options) => {
      if (typeof key !== 'string') throw new TypeError('Objects of batches are named before they are read.');
      return of(key).put(key, body, options);
    },
    get: (key, options) => of(key).get(key, options),
    head: (key, options) => of(key).head(key, options),
    delete: (key, options) => of(key).delete(key, options),
    list: (prefix, options) => of(prefix).list(prefix, options),
  };
}
