import { randomUUID } from 'node:crypto';
import { PlatformError, type FilePurpose, type Identity } from '@plinth/contracts';
import type { FormPart } from '@plinth/front';
import type { Clock } from '@plinth/stores';
import type { BatchStore, FileRecord, Page, PageRequest } from '@plinth/stores/batches';
import type { ByteRange, ObjectStore, StoredObject } from '@plinth/stores/objects';
import { objectKeys } from '../object-keys.ts';
import { requireRoomForFile, type TenantBounds } from '../tenant-limits.ts';

export interface FilesOptions {
  readonly store: Pick<BatchStore, 'putFile' | 'getFile' | 'listFiles' | 'deleteFile'>;
  readonly objects: Pick<ObjectStore, 'put' | 'get' | 'delete'>;
  readonly bounds: TenantBounds & { readonly maxFileBytes: number };
  readonly clock: Clock;
}

/** Bytes of a form beside its file. */
const FORM_BYTES = 65_536;
const FIELD_BYTES = 1_024;

/** Files of tenants: what was uploaded, and what batches wrote. Nobody sees another tenant's. */
export class Files {
  readonly #options: FilesOptions;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  /**
   * Takes a form of `purpose` and `file`, in any order; the file goes to the object store as it comes. Of a form that breaks off, is too large or
   * is otherwise refused nothing is kept. @param declared Bytes of the whole form, where its sender tells.
   */
  async accept(
    identity: Identity,
    form: AsyncIterable<FormPart>,
    { declared = 0, signal }: { readonly declared?: number; readonly signal: AbortSignal },
  ): Promise<FileRecord> {
    const { maxFileBytes } = this.#options.bounds;
    if (declared > maxFileBytes + FORM_BYTES) throw tooLarge(maxFileBytes);
    await this.#requireRoom(identity, { files: 1, bytes: Math.max(0, declared - FORM_BYTES) });
    const id = `file-${randomUUID().replaceAll('-', '')}`;
    const key = objectKeys.file(identity.tenant, id);
    try {
      const file = await this.#receive(identity, form, { id, key, signal });
      await this.#options.store.putFile(file);
      // Of several that came at once and do not all fit, none is kept.
      await this.#requireRoom(identity, { files: 0, bytes: 0 });
      return file;
    } catch (error) {
      await this.#options.store.deleteFile(identity.tenant, id);
      await this.#options.objects.delete(key);
      throw error;
    }
  }

  async list({ tenant }: Identity, page: PageRequest & { readonly purpose?: FilePurpose }): Promise<Page<FileRecord>> {
    return this.#options.store.listFiles(tenant, page);
  }

  /** Throws `not_found`. */
  async get({ tenant }: Pick<Identity, 'tenant'>, id: string): Promise<FileRecord> {
    const file = await this.#options.store.getFile(tenant, id);
    if (file === undefined) throw new PlatformError('not_found', 'There is no such file of yours.', { param: 'id' });
    return file;
  }

  /** Its bytes: to be read to the end or destroyed. */
  async open(
    file: FileRecord,
    options: { readonly range?: ByteRange; readonly signal: AbortSignal },
  ): Promise<StoredObject> {
    const object = await this.#options.objects.get(file.key, options);
    if (object === undefined) throw new PlatformError('not_found', 'The file has been deleted.', { param: 'id' });
    return object;
  }

  async delete(identity: Identity, id: string): Promise<FileRecord> {
    const file = await this.get(identity, id);
    await this.#options.store.deleteFile(identity.tenant, id);
    await this.#options.objects.delete(file.key);
    return file;
  }

  #requireRoom(identity: Identity, more: Parameters<typeof requireRoomForFile>[3]): Promise<void> {
    return requireRoomForFile(this.#options.store, identity, this.#options.bounds, more);
  }

  async #receive(
    { tenant, principal }: Identity,
    form: AsyncIterable<FormPart>,
    { id, key, signal }: { readonly id: string; readonly key: string; readonly signal: AbortSignal },
  ): Promise<FileRecord> {
    const fields = new Map<string, string>();
    let stored: Pick<FileRecord, 'bytes' | 'sha256' | 'filename'> | undefined;
    for await (const part of form) {
      if (part.name !== 'file') fields.set(part.name, await fieldOf(part));
      else if (stored !== undefined) throw invalid('file', 'Send one file a request.');
      else
        stored = { ...(await this.#store(key, part, signal)), filename: part.filename?.slice(-255) || 'upload.jsonl' };
    }
    if (stored === undefined) throw invalid('file', 'The form has no part named "file".');
    if (stored.bytes === 0) throw invalid('file', 'The file is empty.');
    requireKnown(fields);
    const purpose = 'batch' as const;
    return {
      id,
      tenant,
      principal,
      ...stored,
      purpose,
      key,
      createdAt: this.#options.clock.now(),
      expiresAt: undefined,
    };
  }

  async #store(key: string, { body }: FormPart, signal: AbortSignal) {
    const maxBytes = this.#options.bounds.maxFileBytes;
    try {
      const { bytes, sha256 } = await this.#options.objects.put(key, body, {
        contentType: 'application/jsonl',
        maxBytes,
        signal,
      });
      return { bytes, sha256 };
    } catch (error) {
      throw PlatformError.from(error).code === 'request_too_large' ? tooLarge(maxBytes) : error;
    }
  }
}

async function fieldOf(part: FormPart): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of part.body) {
    size += bytes.byteLength;
    if (size > FIELD_BYTES) throw invalid(part.name.slice(0, 64), `A field of the form is over ${FIELD_BYTES} bytes.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

function requireKnown(fields: ReadonlyMap<string, string>): void {
  if (fields.get('purpose') !== 'batch')
    throw invalid('purpose', 'Files are taken for batches: send the field purpose=batch.');
  for (const name of fields.keys())
    if (name.startsWith('expires_after'))
      throw new PlatformError('unsupported_feature', 'Files do not expire here. Leave it out, and delete the file.', {
        param: 'expires_after',
      });
}

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError('request_too_large', `The file is over ${maxBytes} bytes. Split it into several.`, {
    param: 'file',
  });
}

function invalid(param: string, message: string): PlatformError {
  return new PlatformError('invalid_request', message, { param });
}
