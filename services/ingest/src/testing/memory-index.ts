import { createHash } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import type {
  DocumentIndex,
  DocumentKey,
  DocumentOffer,
  DocumentRecord,
  IndexedDocument,
  IngestJob,
  Library,
  Reader,
} from '@plinth/retrieval';

interface Entry {
  record: DocumentRecord;
  offer: DocumentOffer;
  leaving: boolean;
  indexed?: IndexedDocument;
}

interface Job {
  job: IngestJob;
  state: 'queued' | 'running' | 'done' | 'dead';
  dueAt: number;
  reason?: string;
}

/** An index in memory, as the port says one is: jobs by leases with fences. For tests of what is around it. */
export class MemoryIndex implements DocumentIndex, Library {
  readonly entries = new Map<string, Entry>();
  readonly jobs: Job[] = [];
  readonly #now: () => number;
  #next = 1;

  constructor(now: () => number) {
    this.#now = now;
  }

  offer(offer: DocumentOffer, { holding }: { readonly holding?: readonly string[] } = {}) {
    const before = this.#entry(offer);
    if (before && !before.leaving && !shares(before.record.groups, holding))
      return Promise.reject(new PlatformError('permission_denied', 'The id is taken. Choose another.'));
    const same = (a: DocumentOffer) => JSON.stringify([a.contentHash, a.groups, a.metadata]);
    if (before && !before.leaving && before.record.state !== 'failed' && same(before.offer) === same(offer))
      return Promise.resolve({ record: before.record, unchanged: true });
    const now = this.#now();
    const version = (before?.record.version ?? 0) + 1;
    const { objectKey: _, ...shown } = offer;
    const record: DocumentRecord = {
      ...shown,
      version,
      ...(before?.record.indexedVersion !== undefined && { indexedVersion: before.record.indexedVersion }),
      state: 'queued',
      passages: before?.record.passages ?? 0,
      createdAt: before?.record.createdAt ?? now,
      updatedAt: now,
    };
    this.entries.set(keyOf(offer), { record, offer, leaving: false, indexed: before?.indexed });
    this.#put(offer, version, 'put');
    return Promise.resolve({ record, unchanged: false });
  }

  forget(key: DocumentKey, { holding }: { readonly holding?: readonly string[] } = {}): Promise<boolean> {
    const entry = this.#entry(key);
    if (!entry || (!entry.leaving && !shares(entry.record.groups, holding))) return Promise.resolve(false);
    if (entry.leaving) return Promise.resolve(holding === undefined);
    entry.leaving = true;
    entry.record = { ...entry.record, version: entry.record.version + 1 };
    this.#put(entry.offer, entry.record.version, 'delete');
    return Promise.resolve(true);
  }

  find(key: DocumentKey) {
    return Promise.resolve(this.#entry(key)?.record);
  }

  findAll(tenant: string, options: { readonly prefix: string; readonly after?: string; readonly limit: number }) {
    const found = [...this.entries.values()]
      .filter(
        ({ record, leaving }) => !leaving && record.tenant === tenant && record.documentId.startsWith(options.prefix),
      )
      .map(({ record }) => record)
      .filter(({ documentId }) => documentId > (options.after ?? ''))
      .sort((a, b) => (a.documentId < b.documentId ? -1 : 1));
    return Promise.resolve(found.slice(0, options.limit));
  }

  referenced(tenant: string, objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const needed = new Set(
      [...this.entries.values()].filter(({ offer }) => offer.tenant === tenant).map(({ offer }) => offer.objectKey),
    );
    return Promise.resolve(new Set(objectKeys.filter((key) => needed.has(key))));
  }

  lease({ leaseMs, limit }: { readonly worker: string; readonly leaseMs: number; readonly limit: number }) {
    const now = this.#now();
    const due = this.jobs.filter(({ state, dueAt }) => (state === 'queued' || state === 'running') && dueAt <= now);
    return Promise.resolve(
      due.slice(0, limit).map((job) => {
        job.state = 'running';
        job.dueAt = now + leaseMs;
        job.job = { ...job.job, attempt: job.job.attempt + 1, fence: job.job.fence + 1 };
        return job.job;
      }),
    );
  }

  progress(job: IngestJob, progress: NonNullable<DocumentRecord['progress']>, options: { readonly leaseMs: number }) {
    const held = this.#held(job);
    if (!held) return Promise.resolve(false);
    held.dueAt = this.#now() + options.leaseMs;
    const entry = this.#entry(job);
    if (entry) entry.record = { ...entry.record, state: 'running', progress };
    return Promise.resolve(true);
  }

  knownVectors(tenant: string, textHashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    const known = new Map<string, Float32Array>();
    for (const { offer, indexed } of this.entries.values())
      if (offer.tenant === tenant)
        indexed?.chunks.forEach(({ text }, n) =>
          known.set(createHash('sha256').update(text).digest('hex'), indexed.vectors[n]!),
        );
    return Promise.resolve(new Map([...known].filter(([hash]) => textHashes.includes(hash))));
  }

  complete(job: IngestJob, indexed: IndexedDocument): Promise<boolean> {
    const held = this.#held(job);
    const entry = this.#entry(job);
    if (!held || !entry || entry.record.version !== job.version) return Promise.resolve(false);
    held.state = 'done';
    entry.indexed = indexed;
    const { progress: _, ...record } = entry.record;
    entry.record = { ...record, state: 'indexed', indexedVersion: job.version, passages: indexed.chunks.length };
    return Promise.resolve(true);
  }

  completeDeletion(job: IngestJob): Promise<boolean> {
    const held = this.#held(job);
    if (!held) return Promise.resolve(false);
    held.state = 'done';
    return Promise.resolve(this.entries.delete(keyOf(job)));
  }

  fail(job: IngestJob, reason: string, { retryAfterMs }: { readonly retryAfterMs?: number } = {}): Promise<void> {
    const held = this.#held(job);
    const entry = this.#entry(job);
    if (held) {
      Object.assign(held, {
        state: retryAfterMs === undefined ? 'dead' : 'queued',
        reason,
        dueAt: this.#now() + (retryAfterMs ?? 0),
      });
      if (entry && retryAfterMs === undefined) entry.record = { ...entry.record, state: 'failed', reason };
    }
    return Promise.resolve();
  }

  list(reader: Reader, { after = '', limit = 50 }: { readonly after?: string; readonly limit?: number } = {}) {
    const seen = [...this.entries.values()]
      .filter((entry) => this.#reads(reader, entry))
      .map(({ record }) => record)
      .filter(({ documentId }) => documentId > after)
      .sort((a, b) => (a.documentId < b.documentId ? -1 : 1));
    return Promise.resolve(seen.slice(0, limit));
  }

  get(reader: Reader, documentId: string) {
    return Promise.resolve(this.#read(reader, documentId)?.record);
  }

  text(reader: Reader, documentId: string, version?: number) {
    const entry = this.#read(reader, documentId);
    const at = entry?.record.indexedVersion;
    if (!entry?.indexed || at === undefined || (version !== undefined && version !== at))
      return Promise.resolve(undefined);
    return Promise.resolve({ version: at, text: entry.indexed.text, blocks: entry.indexed.blocks });
  }

  objectKey(reader: Reader, documentId: string) {
    return Promise.resolve(this.#read(reader, documentId)?.offer.objectKey);
  }

  #put(offer: DocumentOffer, version: number, kind: 'put' | 'delete'): void {
    for (const job of this.jobs.filter(({ job }) => keyOf(job) === keyOf(offer)))
      if (job.state === 'queued' || job.state === 'running')
        Object.assign(job, { state: 'done', job: { ...job.job, fence: job.job.fence + 1 } });
    const job: IngestJob = { ...offer, jobId: String(this.#next++), version, kind, attempt: 0, fence: 0 };
    this.jobs.push({ job, state: 'queued', dueAt: this.#now() });
  }

  #held(job: IngestJob): Job | undefined {
    return this.jobs.find(
      ({ job: own, state }) => own.jobId === job.jobId && own.fence === job.fence && state === 'running',
    );
  }

  #entry(key: DocumentKey): Entry | undefined {
    return this.entries.get(keyOf(key));
  }

  #read(reader: Reader, documentId: string): Entry | undefined {
    const entry = this.#entry({ tenant: reader.tenant, documentId });
    return entry && this.#reads(reader, entry) ? entry : undefined;
  }

  #reads(reader: Reader, { record, leaving }: Entry): boolean {
    return !leaving && record.tenant === reader.tenant && shares(record.groups, reader.groups);
  }
}

function keyOf({ tenant, documentId }: DocumentKey): string {
  return JSON.stringify([tenant, documentId]);
}

function shares(groups: readonly string[], holding: readonly string[] | undefined): boolean {
  return holding === undefined || groups.some((group) => holding.includes(group));
}
