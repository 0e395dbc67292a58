import type { Block, Chunk } from './document.ts';
import type { Reader } from './retriever.ts';

/** Which document, of whom. */
export interface DocumentKey {
  readonly tenant: string;
  readonly documentId: string;
}

/** What is known of a version from the moment it is sent. */
export interface DocumentFacts extends DocumentKey {
  readonly title: string;
  readonly uri?: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Hex SHA-256 of the bytes. */
  readonly contentHash: string;
  readonly groups: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type DocumentState = 'queued' | 'running' | 'indexed' | 'failed';

/** A document as its readers see it in the library. */
export interface DocumentRecord extends DocumentFacts {
  /** From 1; of the newest version that was accepted, indexed or not. */
  readonly version: number;
  /** The version that search finds; absent until the first is indexed. */
  readonly indexedVersion?: number;
  readonly state: DocumentState;
  /** Why it failed, in words for the person who sent it. */
  readonly reason?: string;
  /** What it is doing while it runs. */
  readonly progress?: {
    readonly step: 'parse' | 'chunk' | 'embed' | 'write';
    readonly done: number;
    readonly total: number;
  };
  readonly pages?: number;
  readonly passages: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A new version of a document, about to be worked on. */
export interface DocumentOffer extends DocumentFacts {
  /** Where the original lies in the object store. */
  readonly objectKey: string;
}

/** A document on its way into the index: held by one worker at a time, by a lease with a fencing token. */
export interface IngestJob extends DocumentOffer {
  readonly jobId: string;
  readonly version: number;
  readonly kind: 'put' | 'delete';
  /** From 1. */
  readonly attempt: number;
  /** Grows with every lease of this job: work under an older one is refused. */
  readonly fence: number;
}

/** What parsing and embedding made of one version. `vectors` is one per chunk, unit length. */
export interface IndexedDocument {
  readonly title: string | undefined;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly pages: number | undefined;
  readonly chunks: readonly Chunk[];
  readonly vectors: readonly Float32Array[];
}

/** The writing side, as role `rag_writer`; sees its tenant's documents whatever their groups. */
export interface DocumentIndex {
  /**
   * Accepts a version: durable when it resolves. The same content, groups and metadata as the newest version answer `unchanged`, unless that one
   * failed: then it is tried again. With `holding`, a document that is there must share one of these groups, or the offer is refused with
   * `permission_denied`.
   */
  offer(
    offer: DocumentOffer,
    options?: { readonly holding?: readonly string[] },
  ): Promise<{ readonly record: DocumentRecord; readonly unchanged: boolean }>;
  /** Asks for a document to be forgotten. Resolves to false when there is none or, with `holding`, none that shares one of these groups. */
  forget(key: DocumentKey, options?: { readonly holding?: readonly string[] }): Promise<boolean>;
  /** A document as it stands, whatever its groups. */
  find(key: DocumentKey): Promise<DocumentRecord | undefined>;
  /** Every document of a tenant whose id starts with `prefix`, in order of id, whatever its groups: for whoever mirrors a folder. */
  findAll(
    tenant: string,
    options: { readonly prefix: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly DocumentRecord[]>;
  /** Which of these objects a document or a job still needs. */
  referenced(tenant: string, objectKeys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Leases up to `limit` jobs, oldest first, for `leaseMs`; also those whose lease ran out. Of any tenant. */
  lease(options: {
    readonly worker: string;
    readonly leaseMs: number;
    readonly limit: number;
  }): Promise<readonly IngestJob[]>;
  /** Extends the lease and tells how far it is. False when the lease was lost: stop. */
  progress(
    job: IngestJob,
    progress: NonNullable<DocumentRecord['progress']>,
    options: { readonly leaseMs: number },
  ): Promise<boolean>;
  /** Vectors already known for these texts in the active space, by hex SHA-256 of the embedded text. */
  knownVectors(tenant: string, textHashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  /** Replaces what search finds of the document, in one transaction, and ends the job. False when the lease was lost or a newer version is indexed. */
  complete(job: IngestJob, document: IndexedDocument): Promise<boolean>;
  /** Ends a deletion. */
  completeDeletion(job: IngestJob): Promise<boolean>;
  /** Puts the job back for another attempt after `retryAfterMs`, or, without it, ends it as dead with the reason. */
  fail(job: IngestJob, reason: string, options?: { readonly retryAfterMs?: number }): Promise<void>;
}

/** The reading side of the library, as role `rag_reader`: a reader sees documents that share a group with them. */
export interface Library {
  list(
    reader: Reader,
    options?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly DocumentRecord[]>;
  get(reader: Reader, documentId: string): Promise<DocumentRecord | undefined>;
  /** Canonical text and blocks of a version (default: the one search finds). */
  text(
    reader: Reader,
    documentId: string,
    version?: number,
  ): Promise<{ readonly version: number; readonly text: string; readonly blocks: readonly Block[] } | undefined>;
  /** Where the original of the newest version lies. */
  objectKey(reader: Reader, documentId: string): Promise<string | undefined>;
}
