import { randomUUID } from 'node:crypto';
import { PlatformError, UploadState, type Identity, type UploadCreate } from '@plinth/contracts';
import type { Clock } from '@plinth/stores';
import type { BatchStore, FileRecord } from '@plinth/stores/batches';
import type { ObjectStore } from '@plinth/stores/objects';
import { objectKeys } from '../object-keys.ts';
import { requireRoomForFile, type TenantBounds } from '../tenant-limits.ts';

/** Where a file is sent, and what its sender has to say with it. */
export interface SignedPut {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What is too large to go through a function: it goes to the object store, and comes from there, by addresses that hold for a while. */
export interface DirectTransfers {
  readonly uploads: Uploads;
  readonly downloads: (file: FileRecord) => Promise<string>;
}

export interface UploadsOptions {
  readonly store: Pick<BatchStore, 'putFile' | 'getFile' | 'listFiles'>;
  readonly objects: Pick<ObjectStore, 'put' | 'get' | 'head' | 'delete'>;
  readonly bounds: TenantBounds & { readonly maxFileBytes: number };
  readonly signPut: (key: string, bytes: number) => Promise<SignedPut>;
  readonly clock: Clock;
}

const STATE_BYTES = 4_096;

/** Uploads of OpenAI in one piece: begun here, sent to the object store, and a file once they are completed. */
export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  async create(
    identity: Identity,
    { bytes, filename }: UploadCreate,
  ): Promise<UploadState & { readonly put: SignedPut }> {
    const { objects, bounds, signPut, clock } = this.#options;
    if (bytes > bounds.maxFileBytes)
      throw new PlatformError('request_too_large', `A file has at most ${bounds.maxFileBytes} bytes. Split it.`, {
        param: 'bytes',
      });
    await requireRoomForFile(this.#options.store, identity, bounds, { files: 1, bytes });
    const id = randomUUID().replaceAll('-', '');
    const put = await signPut(objectKeys.file(identity.tenant, `file-${id}`), bytes);
    const state: UploadState = {
      id: `upload_${id}`,
      bytes,
      filename,
      createdAt: clock.now(),
      expiresAt: put.expiresAt,
    };
    const body = Buffer.from(JSON.stringify(state));
    await objects.put(this.#stateKey(identity, state.id), body, {
      contentType: 'application/json',
      maxBytes: STATE_BYTES,
    });
    return { ...state, put };
  }

  /** The file, once all of it is there. Completing again gives the same. */
  async complete(
    identity: Identity,
    uploadId: string,
  ): Promise<{ readonly state: UploadState; readonly file: FileRecord }> {
    const { store, objects, clock } = this.#options;
    const state = await this.#get(identity, uploadId);
    const id = fileIdOf(uploadId);
    const known = await store.getFile(identity.tenant, id);
    if (known !== undefined) return { state, file: known };
    const key = objectKeys.file(identity.tenant, id);
    const head = await objects.head(key);
    if (head?.bytes !== state.bytes)
      throw new PlatformError(
        'invalid_request',
        head === undefined
          ? 'Nothing was sent to the address of this upload. Send the file there first.'
          : `${head.bytes} bytes were sent, and ${state.bytes} were announced. Begin another upload.`,
        { param: 'bytes' },
      );
    const { tenant, principal } = identity;
    const file: FileRecord = {
      ...{ id, tenant, principal, key },
      filename: state.filename,
      purpose: 'batch',
      bytes: state.bytes,
      // It went past us: whoever reads it checks what it reads.
      sha256: '',
      createdAt: clock.now(),
      expiresAt: undefined,
    };
    await store.putFile(file);
    return { state, file };
  }

  async cancel(identity: Identity, uploadId: string): Promise<UploadState> {
    const { store, objects } = this.#options;
    const state = await this.#get(identity, uploadId);
    const id = fileIdOf(uploadId);
    if ((await store.getFile(identity.tenant, id)) !== undefined)
      throw new PlatformError('invalid_request', 'The upload is completed. Delete its file.', { param: 'id' });
    await objects.delete(objectKeys.file(identity.tenant, id));
    await objects.delete(this.#stateKey(identity, uploadId));
    return state;
  }

  async #get(identity: Identity, uploadId: string): Promise<UploadState> {
    if (/^upload_[0-9a-f]{32}$/.test(uploadId)) {
      const object = await this.#options.objects.get(this.#stateKey(identity, uploadId));
      if (object !== undefined) return UploadState.parse(JSON.parse(await textOf(object.body)));
    }
    throw new PlatformError('not_found', 'There is no such upload of yours.', { param: 'id' });
  }

  #stateKey({ tenant }: Identity, uploadId: string): string {
    return objectKeys.file(tenant, uploadId);
  }
}

const fileIdOf = (uploadId: string): string => uploadId.replace(/^upload_/, 'file-');

async function textOf(body: AsyncIterable<unknown>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString('utf8');
}
