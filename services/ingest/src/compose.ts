import { PlatformError } from '@plinth/contracts';
import {
  SqlDocumentIndex,
  type Chunk,
  type Database,
  type DocumentIndex,
  type DocumentParser,
  type Embedder,
  type ParsedDocument,
} from '@plinth/retrieval';
import type { AuditLog, Clock } from '@plinth/stores';
import type { ObjectStore } from '@plinth/stores/objects';
import { Acceptor } from './accept/accept.ts';
import { sweepObjects } from './accept/sweep-objects.ts';
import { FolderMirror } from './folder/folder-mirror.ts';
import { auditOutcome } from './work/audit-outcome.ts';
import { createIngest } from './work/ingester.ts';
import { Worker, type WorkerOptions } from './work/worker.ts';

export interface IngestParts {
  /** Migrated, for the embedder's model. */
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly parser: DocumentParser;
  readonly chunk: (document: ParsedDocument) => readonly Chunk[];
  readonly embedder: Embedder;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly maxBytes?: number;
  /** Folders that are mirrored into a tenant. */
  readonly folders?: readonly {
    /** Absolute. */
    readonly folder: string;
    readonly tenant: string;
    readonly idPrefix: string;
    readonly groups: readonly string[];
  }[];
  readonly worker?: Pick<WorkerOptions, 'concurrency' | 'leaseMs' | 'pollMs'>;
  /** Leases of one job at most; then it is dead. @default MOST_LEASES */
  readonly mostLeases?: number;
  /** Without names of documents: they may say what is in them. */
  readonly log: (line: {
    readonly level: 'info' | 'warn' | 'error';
    readonly message: string;
    readonly code?: string;
  }) => void;
}

export interface IngestPlatform {
  readonly index: DocumentIndex;
  readonly acceptor: Acceptor;
  /** There is a new job. */
  readonly wake: () => void;
  /** Resolves once every job that is there is done. */
  whenIdle(): Promise<void>;
  /** Begins to work; resolves once the folders are mirrored into the table of jobs. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Whatever is worked on for this long was worked on by somebody who died of it: leases of one job until it is dead. */
export const MOST_LEASES = 24;
const SWEEP_EVERY_MS = 6 * 3_600_000;

/** Ingest out of its parts, in the process that owns the database: on a laptop and at an edge site. */
export function composeIngest(parts: IngestParts): IngestPlatform {
  const { database, objects, embedder, audit, clock, log, maxBytes } = parts;
  const index = new SqlDocumentIndex({
    database,
    model: embedder.model,
    maxAttempts: parts.mostLeases ?? MOST_LEASES,
    now: () => clock.now(),
  });
  const tell = (error: unknown) => {
    const { code, message } = PlatformError.from(error);
    log({ level: 'error', message, code });
  };
  const worker = new Worker({
    ...parts.worker,
    index,
    ingest: createIngest({ index, objects, embedder, parser: parts.parser, chunk: parts.chunk, maxBytes }),
    name: `process-${process.pid}`,
    onError: tell,
    onOutcome: (job, outcome, error) => {
      if (error !== undefined) log({ level: 'warn', message: error.message, code: error.code });
      const record = auditOutcome(job, outcome, error, clock.now());
      if (record !== undefined) audit.append([record]).catch(tell);
    },
  });
  const wake = () => worker.wake();
  const acceptor = new Acceptor({ index, objects, maxBytes, wake });
  const mirrors = (parts.folders ?? []).map(
    (folder) => new FolderMirror({ ...folder, acceptor, index, wake, onRefused: (_path, error) => tell(error) }),
  );
  const stopping = new AbortController();
  const sweep = () => {
    sweepObjects({ index, objects, now: () => clock.now(), signal: stopping.signal }).catch(
      (error: unknown) => stopping.signal.aborted || tell(error),
    );
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    index,
    acceptor,
    wake,
    whenIdle: () => worker.whenIdle(),
    async start() {
      worker.start();
      timer = setInterval(sweep, SWEEP_EVERY_MS).unref();
      await Promise.all(mirrors.map((mirror) => mirror.start()));
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await Promise.all(mirrors.map((mirror) => mirror.close()));
      await worker.stop();
    },
  };
}
