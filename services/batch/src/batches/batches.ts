import { randomUUID } from 'node:crypto';
import {
  completionWindowMs,
  ENDED,
  PlatformError,
  type BatchCreate,
  type BatchObject,
  type BatchStatus,
  type Identity,
} from '@plinth/contracts';
import type { Clock } from '@plinth/stores';
import type { BatchRecord, BatchStore, Page, PageRequest, ShardProgress } from '@plinth/stores/batches';
import { requireRoomForBatch, type TenantBounds } from '../tenant-limits.ts';
import { batchView, type Pace } from './batch-view.ts';
import { enter } from './enter.ts';
import { requireWebhookAddress } from './webhook-address.ts';

export interface BatchesOptions {
  readonly store: Pick<
    BatchStore,
    'getFile' | 'createBatch' | 'getBatch' | 'listBatches' | 'openBatches' | 'changeBatch' | 'progress'
  >;
  readonly bounds: TenantBounds;
  readonly clock: Clock;
  /** How fast a batch goes, as far as is known here. */
  readonly pace?: (batchId: string) => Pace;
  /** Told that there may be something to do. */
  readonly wake?: (batch: BatchRecord) => void | Promise<void>;
}

const NOTHING: ShardProgress = { completed: 0, failed: 0, used: { inputTokens: 0, outputTokens: 0, nanoUsd: 0 } };
const MAY_CANCEL: ReadonlySet<BatchStatus> = new Set(['validating', 'in_progress']);
/** Others may change a batch between being read and being written. */
const TRIES = 5;

/** Batches of tenants: taken in, told of and cancelled here; others do the work. */
export class Batches {
  readonly #options: BatchesOptions;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Durable when it resolves. Its file is read later: what is wrong with that is told by the batch, which fails. */
  async create(identity: Identity, request: BatchCreate): Promise<BatchRecord> {
    const { store, bounds, clock, wake } = this.#options;
    requireWebhookAddress(request.plinth?.webhook);
    if (request.endpoint !== '/v1/chat/completions')
      throw new PlatformError('unsupported_feature', `Batches of ${request.endpoint} are not served here.`, {
        param: 'endpoint',
      });
    const file = await store.getFile(identity.tenant, request.input_file_id);
    if (file?.purpose !== 'batch')
      throw new PlatformError(
        'invalid_request',
        file === undefined ? 'There is no such file of yours.' : 'Its purpose is not "batch".',
        { param: 'input_file_id' },
      );
    await requireRoomForBatch(store, identity, bounds);
    const now = clock.now();
    const batch: BatchRecord = {
      id: `batch_${randomUUID().replaceAll('-', '')}`,
      tenant: identity.tenant,
      principal: identity.principal,
      // Its records take the path of chat requests, and nobody continues a conversation by them.
      identity: JSON.stringify({ ...identity, conversations: false } satisfies Identity),
      request,
      status: 'validating',
      createdAt: now,
      entered: { validating: now },
      expiresAt: now + completionWindowMs(request.completion_window),
      startAfter: undefined,
      engine: undefined,
      reasons: [],
      reservation: undefined,
      total: 0,
      shards: 0,
      errors: [],
      outputFileId: undefined,
      errorFileId: undefined,
      used: undefined,
      revision: 0,
    };
    await store.createBatch(batch);
    await wake?.(batch);
    return batch;
  }

  /** Throws `not_found`. */
  async get({ tenant }: Identity, id: string): Promise<BatchRecord> {
    const batch = await this.#options.store.getBatch(tenant, id);
    if (batch === undefined) throw new PlatformError('not_found', 'There is no such batch of yours.', { param: 'id' });
    return batch;
  }

  async list({ tenant }: Identity, page: PageRequest): Promise<Page<BatchRecord>> {
    return this.#options.store.listBatches(tenant, page);
  }

  /** What is under way is ended, and what is answered by then is kept. Cancelling again changes nothing. */
  async cancel(identity: Identity, id: string): Promise<BatchRecord> {
    const { store, clock, wake } = this.#options;
    for (let tries = 1; ; tries++) {
      const batch = await this.get(identity, id);
      if (batch.status === 'cancelling') return batch;
      if (!MAY_CANCEL.has(batch.status))
        throw new PlatformError('invalid_request', `The batch is ${batch.status}: there is nothing left to cancel.`);
      try {
        const cancelling = await store.changeBatch(batch, enter(batch, 'cancelling', clock.now()));
        await wake?.(cancelling);
        return cancelling;
      } catch (error) {
        if (PlatformError.from(error).code !== 'conflict' || tries === TRIES) throw error;
      }
    }
  }

  async view(batch: BatchRecord): Promise<BatchObject> {
    const { store, pace } = this.#options;
    const { used, counts = { completed: 0, failed: 0 } } = batch;
    if (ENDED.has(batch.status)) return batchView(batch, { ...counts, used: used ?? NOTHING.used });
    const progress = batch.shards === 0 ? NOTHING : await store.progress(batch.id);
    return batchView(batch, progress, pace?.(batch.id));
  }
}
