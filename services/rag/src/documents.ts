import {
  Acceptor,
  createIngest,
  FolderMirror,
  sweepObjects,
  Worker,
  type DocumentRoutes,
  type WorkerOptions,
} from '@plinth/ingest';
import {
  SqlDocumentIndex,
  SqlLibrary,
  type Chunk,
  type Database,
  type DocumentParser,
  type Embedder,
  type ParsedDocument,
} from '@plinth/retrieval';
import type { ObjectStore } from '@plinth/stores/objects';

/** A folder whose files are documents. */
export interface MirroredFolder {
  /** Absolute. */
  readonly folder: string;
  readonly tenant: string;
  readonly idPrefix: string;
  readonly groups: readonly string[];
}

export interface DocumentParts {
  readonly database: Database;
  readonly embedder: Embedder;
  readonly objects: ObjectStore;
  readonly parser: DocumentParser;
  readonly chunk: (document: ParsedDocument) => readonly Chunk[];
  /** Tells this process's worker apart in the table of jobs. */
  readonly name: string;
  readonly onOutcome?: WorkerOptions['onOutcome'];
  readonly onError: (error: unknown) => void;
}

/** The library of documents and the worker that fills it, in the process that answers: an embedded database has one. */
export interface DocumentService {
  readonly routes: Omit<DocumentRoutes, 'identify'>;
  readonly index: SqlDocumentIndex;
  /** Keeps the index as these folders are. Resolves once their files are accepted. */
  mirror(folders: readonly MirroredFolder[]): Promise<void>;
  /** Resolves once every job that is there is done. */
  whenIdle(): Promise<void>;
  stop(): Promise<void>;
}

/** How often originals that nothing needs are looked for, milliseconds. */
const SWEEP_MS = 6 * 3_600_000;

export function startDocuments(parts: DocumentParts): DocumentService {
  const { database, embedder, objects, parser, chunk, name, onOutcome, onError } = parts;
  const index = new SqlDocumentIndex({ database, model: embedder.model });
  const stopping = new AbortController();
  const worker = new Worker({
    index,
    ingest: createIngest({ index, objects, parser, chunk, embedder }),
    name,
    onOutcome,
    onError,
  });
  const wake = () => worker.wake();
  const sweep = () =>
    void sweepObjects({ index, objects, now: Date.now, signal: stopping.signal }).catch(
      (error: unknown) => stopping.signal.aborted || onError(error),
    );
  const sweeping = setInterval(sweep, SWEEP_MS).unref();
  worker.start();
  const acceptor = new Acceptor({ index, objects, wake });
  const mirrors: FolderMirror[] = [];
  return {
    routes: {
      acceptor,
      index,
      library: new SqlLibrary({ database }),
      objects,
      wake,
    },
    index,
    async mirror(folders) {
      for (const folder of folders) {
        const mirror = new FolderMirror({
          ...folder,
          acceptor,
          index,
          wake,
          onRefused: (_path, error) => onError(error),
        });
        mirrors.push(mirror);
        await mirror.start();
      }
    },
    whenIdle: () => worker.whenIdle(),
    async stop() {
      clearInterval(sweeping);
      stopping.abort();
      await Promise.all(mirrors.map((mirror) => mirror.close()));
      await worker.stop();
      await parser.close();
    },
  };
}
