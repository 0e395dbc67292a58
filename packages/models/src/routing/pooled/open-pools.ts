import type { CatalogModel, ModelPool } from '@plinth/contracts';
import type { ModelClient } from '../../model-client.ts';
import { createRouter } from '../create-router.ts';
import { DEFAULT_POLICY, type RoutingPolicy } from '../policy.ts';
import { readServerLoad } from '../server-metrics.ts';
import { ServerWatch } from '../server-watch.ts';
import { processClock, type RouteClock } from './clock.ts';
import { createPooledModel, type PooledModelOptions } from './pooled-model.ts';
import type { RouterDrive } from './router-drive.ts';

export interface OpenPoolsOptions extends Pick<PooledModelOptions, 'beginWithinMs'> {
  /** What differs from the router's usual ways; the model's own target says how long a first token may take. */
  readonly policy?: Partial<RoutingPolicy>;
  /** @default the process's own */
  readonly clock?: RouteClock;
}

/** The adapter of models with pools, for `modelOpener`: each place is opened as a model of its own. */
export function poolsAdapter({ policy, clock = processClock, beginWithinMs }: OpenPoolsOptions = {}) {
  return (model: CatalogModel, open: (model: CatalogModel) => ModelClient): ModelClient => {
    const { target } = model;
    const pools = target.kind === 'pools' ? target.pools : [];
    const members = pools.flatMap((pool) => pool.members);
    const clients = new Map(members.map((member) => [member.id, open({ ...model, target: member.target })]));
    const { firstTokenMs = DEFAULT_POLICY.sloTtftMs } = target.kind === 'pools' ? target : {};
    const router = createRouter({ pools, policy: { sloTtftMs: firstTokenMs, ...policy } });
    const watch = (drive: RouterDrive) => watchOf(pools, drive);
    return createPooledModel({ model, router, clients, clock, beginWithinMs, watch });
  };
}

/** Asks the servers that have metrics how they do. */
function watchOf(pools: readonly ModelPool[], drive: RouterDrive): ServerWatch {
  const members = pools.flatMap((pool) => pool.members);
  return new ServerWatch({
    servers: members.flatMap(({ id, metricsUrl }) => (metricsUrl === undefined ? [] : [{ member: id, metricsUrl }])),
    read: readServerLoad,
    observe: (member, load) => drive.observe(member, load),
    clock: drive.clock,
  });
}
