import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError, type Identity } from '@plinth/contracts';
import { createFrontApp } from '@plinth/front';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';
import { Acceptor } from '../accept/accept.ts';
import { addDocumentRoutes } from '../http/document-routes.ts';
import { createIngest } from '../work/ingester.ts';
import { systemTimers } from '../work/timers.ts';
import { Worker } from '../work/worker.ts';
import { MemoryIndex } from './memory-index.ts';
import { HashEmbedder, simpleChunks, simpleParser } from './simple-steps.ts';

/** Who a test's bearer token `tenant:principal:group,group` is. */
function identityOf(authorization: string | undefined): Identity {
  const [tenant = '', principal = '', groups = ''] = authorization?.replace(/^Bearer /, '').split(':') ?? [];
  if (principal === '') throw new PlatformError('invalid_api_key', 'Send a key.');
  const limits = { tenantLimits: {}, scopeLimits: {}, conversations: false };
  return {
    tenant,
    principal,
    kind: 'api-key',
    scopeId: principal,
    groups: groups.split(',').filter(Boolean),
    ...limits,
  };
}

/** The library's routes over an index in memory and objects in a folder, with a worker that is started by the test. */
export async function openLibrary({ maxBytes = 1_000_000 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-library-'));
  const objects = await openEmbeddedObjects({ folder });
  const index = new MemoryIndex(() => Date.now());
  const embedder = new HashEmbedder();
  const ingest = createIngest({
    index,
    objects,
    parser: simpleParser,
    chunk: simpleChunks,
    embedder,
    maxBytes,
  });
  const worker = new Worker({ index, ingest, name: 'w', pollMs: 20 });
  const wake = () => worker.wake();
  const acceptor = new Acceptor({ index, objects, maxBytes, wake });
  const app = createFrontApp(
    { ready: () => Promise.resolve(true), logError: (error) => console.error(error) },
    (front) =>
      addDocumentRoutes(front, {
        identify: (context) => Promise.resolve().then(() => identityOf(context.req.header('authorization'))),
        acceptor,
        index,
        library: index,
        objects,
        wake,
        timers: systemTimers,
      }),
  );
  let started = false;
  return {
    app,
    acceptor,
    embedder,
    index,
    objects,
    folder,
    /** Works until nothing is left to do. */
    async work(): Promise<void> {
      if (!started) worker.start();
      started = true;
      await worker.whenIdle();
    },
    async close(): Promise<void> {
      if (started) await worker.stop();
      await rm(folder, { recursive: true });
    },
  };
}
