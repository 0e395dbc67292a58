import { relativePath, type BundleObject } from '../bundle-source.ts';

/** Of an object in S3. */
export interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** Of what a bundle names: below its own folder, but for weights that say where they are. */
export function placeOf(uri: string, object: BundleObject): Place {
  return object.kind === 'weights' && object.model.from !== undefined
    ? placeIn(object.model.from, object.path)
    : placeIn(uri, relativePath(object));
}

/** @param uri `s3://<bucket>/<prefix>/` */
export function placeIn(uri: string, path: string): Place {
  const { host, pathname } = new URL(uri);
  return { Bucket: host, Key: pathname.slice(1) + path };
}
