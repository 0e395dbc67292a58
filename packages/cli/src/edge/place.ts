import { resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { openFolderSink, openFolderSource, type BundleSink, type BundleSource } from '@plinth/edge';
import { openS3Sink, openS3Source } from '@plinth/edge/bundle/aws';

export interface PlaceOptions {
  readonly region: string;
  readonly endpoint?: string;
}

/** Where a site's bundles are read: `s3://<bucket>/<prefix>/`, or a folder. */
export function sourceAt(place: string, options: PlaceOptions): BundleSource {
  return isS3(place) ? openS3Source({ uri: place, ...options }) : openFolderSource(resolve(place));
}

/** Where they are put. */
export function sinkAt(place: string, options: PlaceOptions): BundleSink {
  return isS3(place) ? openS3Sink({ uri: place, ...options }) : openFolderSink(resolve(place));
}

function isS3(place: string): boolean {
  if (!place.startsWith('s3:')) return false;
  if (/^s3:\/\/[a-z0-9.-]{3,63}\/([\w.-]+\/)+$/.test(place)) return true;
  throw new PlatformError('configuration', `"${place}" is no place in S3. Write s3://<bucket>/sites/<name>/.`);
}
