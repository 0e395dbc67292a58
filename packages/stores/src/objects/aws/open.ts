import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../object-store.ts';
import { S3Caller } from './s3-caller.ts';
import { S3ObjectStore } from './s3-object-store.ts';

export interface S3ObjectsOptions {
  /** A client, or `createS3Client(…)`, which loads the SDK at the first call only. */
  readonly client: S3Client | (() => Promise<S3Client>);
  readonly bucket: string;
  /** Before every key, for example `documents/`; keys of the port are without it. @default '' */
  readonly prefix?: string;
  /** Where bodies of unknown length wait to be sent. @default the system's own folder */
  readonly temporaryFolder?: string;
}

export function openS3Objects(options: S3ObjectsOptions): ObjectStore {
  return new S3ObjectStore(new S3Caller(options.client), options);
}
