import type { S3Client } from '@aws-sdk/client-s3';
import type { FileRecord } from '@plinth/stores/batches';
import type { SignedPut } from '../../files/uploads.ts';
import { RESULTS } from '../open.ts';
import { isResult } from '../bucket-objects.ts';

/** How long an address holds: an upload of the largest file over a slow line; a download that is begun at once. */
const PUT_SECONDS = 3_600;
const GET_SECONDS = 300;

export interface SignedPlacesOptions {
  readonly client: () => Promise<S3Client>;
  readonly inputBucket: string;
  readonly outputBucket: string;
  readonly now: () => number;
}

/** Addresses of S3 that hold for one object, one deed and a while. Who signs may do that deed; who has the address needs no right of their own. */
export function signedPlaces({ client, inputBucket, outputBucket, now }: SignedPlacesOptions) {
  const placeOf = (key: string) =>
    isResult(key) ? { Bucket: outputBucket, Key: `${RESULTS}${key}` } : { Bucket: inputBucket, Key: key };
  return {
    /** The length is signed with it: S3 takes no other. */
    async put(key: string, bytes: number): Promise<SignedPut> {
      const [{ PutObjectCommand }, { getSignedUrl }] = await sdk();
      const headers = { 'content-type': 'application/jsonl', 'content-length': String(bytes) };
      const url = await getSignedUrl(
        await client(),
        new PutObjectCommand({ ...placeOf(key), ContentType: headers['content-type'], ContentLength: bytes }),
        { expiresIn: PUT_SECONDS, signableHeaders: new Set(Object.keys(headers)) },
      );
      return { url, headers, expiresAt: now() + PUT_SECONDS * 1_000 };
    },
    async get({ id, key }: FileRecord): Promise<string> {
      const [{ GetObjectCommand }, { getSignedUrl }] = await sdk();
      const command = new GetObjectCommand({
        ...placeOf(key),
        ResponseContentType: 'application/jsonl',
        ResponseContentDisposition: `attachment; filename="${id}.jsonl"`,
      });
      return getSignedUrl(await client(), command, { expiresIn: GET_SECONDS });
    },
  };
}

const sdk = () => Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')]);
