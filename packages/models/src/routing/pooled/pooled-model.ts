import { randomInt } from 'node:crypto';
import {
  PlatformError,
  type CatalogModel,
  type ChatMessage,
  type ModelFeature,
  type ModelPool,
  type RoutePool,
} from '@plinth/contracts';
import type { CallOptions, ModelClient, ModelEvent, ModelRequest, RouteTerms } from '../../model-client.ts';
import { refusal } from '../../refusal.ts';
import { refuseUnsupported } from '../../refuse-unsupported.ts';
import { DEFAULT_POLICY, type RetryPolicy } from '../policy.ts';
import { prefixHashes, prefixSeed } from '../prefix-hashes.ts';
import { RetryBudget } from '../retry-budget.ts';
import type { RouteAsk, Router } from '../router.ts';
import type { ServerWatch } from '../server-watch.ts';
import { processClock, type RouteClock } from './clock.ts';
import { countAtOneOf } from './count-tokens.ts';
import { FirstTokenTimes } from './first-token-times.ts';
import { LikelyCompletion } from './likely-tokens.ts';
import { poolStates } from './pool-states.ts';
import { PooledCall, type PooledCallParts } from './pooled-call.ts';
import { RouterDrive } from './router-drive.ts';

export interface PooledModelOptions {
  /** With a target of kind `pools`. */
  readonly model: CatalogModel;
  readonly router: Router;
  /** A client for every member, by its id. */
  readonly clients: ReadonlyMap<string, ModelClient>;
  /** @default the process's own */
  readonly clock?: RouteClock;
  /** Reads what servers say of themselves while the model is used. */
  readonly watch?: (drive: RouterDrive) => ServerWatch;
  /** @default the router's, and as many saved up as all own places take at once: a server that dies takes what it has with it */
  readonly retries?: RetryPolicy;
  /** To the first token of a streamed answer at one place, milliseconds. @default 30_000 */
  readonly beginWithinMs?: number;
}

/** Where the model hedges, a second place is asked when this share of the last answers had begun by then. */
const HEDGE_SHARE = 0.95;
const ANYONE: RouteTerms = { class: 'interactive', stayLocal: false, tenant: '' };

/** A model that runs at several places, as one client. Throws `configuration` when the target is of another kind. */
export function createPooledModel(options: PooledModelOptions): ModelClient {
  return new PooledModel(options);
}

class PooledModel implements ModelClient {
  readonly features: ReadonlySet<ModelFeature>;
  readonly #pools: readonly ModelPool[];
  readonly #parts: PooledCallParts;
  readonly #watch: ServerWatch | undefined;
  readonly #salt = randomInt(2 ** 48 - 1);

  constructor(options: PooledModelOptions) {
    const { model, router, clients, clock = processClock, watch, beginWithinMs = 30_000 } = options;
    if (model.target.kind !== 'pools')
      throw new PlatformError(
        'configuration',
        `Model "${model.id}" has a ${model.target.kind} target, not pools. Build it with the adapter of that kind.`,
      );
    const { pools, hedge } = model.target;
    const membersOf = (owner: ModelPool['owner']) =>
      pools.filter((pool) => pool.owner === owner).flatMap(({ members }) => members);
    const [own, managed] = [membersOf('own'), membersOf('managed')];
    const { retry } = DEFAULT_POLICY;
    const most = own.reduce((sum, { maxSlots }) => sum + maxSlots, retry.most);
    const drive = new RouterDrive(router, clock);
    this.#pools = pools;
    this.#parts = {
      model,
      drive,
      clients,
      prices: new Map(pools.map(({ id, price }) => [id, price])),
      managed: new Set(managed.map(({ id }) => id)),
      budget: new RetryBudget(options.retries ?? { ...retry, most }),
      times: new FirstTokenTimes(),
      completion: new LikelyCompletion(),
      beginWithinMs,
      hedgeShare: hedge === true ? HEDGE_SHARE : undefined,
    };
    this.features = sharedFeatures([...own, ...managed].map(({ id }) => clientOf(clients, id)));
    this.#watch = watch?.(drive);
  }

  stream(request: ModelRequest, { signal, route = ANYONE }: CallOptions): AsyncIterable<ModelEvent> {
    const { model } = this.#parts;
    const refused = refuseUnsupported(request, model.id, this.features);
    if (refused !== undefined) return refusal(refused);
    this.#watch?.used();
    this.#parts.budget.requested();
    return new PooledCall(this.#parts, request, this.#ask(request, route), signal).events();
  }

  #ask({ messages, maxTokens }: ModelRequest, route: RouteTerms): RouteAsk {
    return {
      class: route.class,
      stayLocal: route.stayLocal,
      ...prefixHashes(messages, prefixSeed(route.tenant, this.#salt)),
      completionTokens: this.#parts.completion.likely(maxTokens),
    };
  }

  countTokens(messages: readonly ChatMessage[], { signal, route = ANYONE }: CallOptions): Promise<number | undefined> {
    const open = new Map(this.#parts.drive.state().map(({ member, breaker }) => [member, breaker !== 'open']));
    const members = this.#pools
      .filter(({ local }) => local || !route.stayLocal)
      .toSorted((a, b) => Number(a.owner === 'managed') - Number(b.owner === 'managed'))
      .flatMap((pool) => pool.members.filter(({ id }) => open.get(id) !== false).slice(0, 1));
    const clients = members.map(({ id }) => this.#parts.clients.get(id)!);
    return countAtOneOf(clients, messages, this.#parts.drive.clock, signal);
  }

  places(): RoutePool[] {
    return poolStates(this.#pools, this.#parts.drive.state());
  }
}

/** What a request asks for must be had wherever it goes. */
function sharedFeatures(clients: readonly ModelClient[]): ReadonlySet<ModelFeature> {
  const [first, ...others] = clients.map(({ features }) => features);
  return new Set([...(first ?? [])].filter((feature) => others.every((features) => features.has(feature))));
}

function clientOf(clients: ReadonlyMap<string, ModelClient>, id: string): ModelClient {
  const client = clients.get(id);
  if (client === undefined) throw new PlatformError('configuration', `There is no client for the member "${id}".`);
  return client;
}
