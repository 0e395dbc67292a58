import type { EdgeServerEnvironment } from '@plinth/contracts';
import type { LinkState } from '@plinth/edge';
import {
  configuredGuard,
  configuredTokenVerifier,
  Conversations,
  createChatGateway,
  createIdentify,
  createLocalGuard,
  createRouter,
  type Admission,
  type ChatGateway,
  type ChatGatewayOptions,
  type Identify,
  type Observe,
} from '@plinth/gateway';
import { modelOpener } from '@plinth/models';
import { createBedrockModel, type createBedrockRuntime } from '@plinth/models/bedrock';
import { createOpenAIModel } from '@plinth/models/openai';
import { poolsAdapter } from '@plinth/models/routing';
import { systemClock } from '@plinth/stores';
import type { EmbeddedSite } from '@plinth/stores/embedded';
import { gatewayByData, guardByLink } from './guards.ts';
import type { SiteRules } from './rules.ts';
import type { Standing } from './standing.ts';

export interface PathParts {
  readonly environment: EdgeServerEnvironment;
  readonly rules: SiteRules;
  readonly stores: EmbeddedSite;
  /** Outlives the path: what it has reserved is renewed and settled by whoever serves next. */
  readonly admission: Admission;
  readonly bedrock: ReturnType<typeof createBedrockRuntime>;
  readonly link: LinkState;
  readonly standing: Pick<Standing, 'mode'>;
  readonly observe: Observe;
}

export interface SitePath {
  readonly gateway: ChatGateway;
  readonly identify: Identify;
  readonly conversations: Conversations;
  /** What answers requests that were admitted before. */
  readonly answering: Omit<ChatGatewayOptions, 'identify' | 'admission' | 'audit'>;
}

/** The governed path of a site, by the rules of one bundle. */
export function composePath(parts: PathParts): SitePath {
  const { environment, rules, stores, admission, bedrock, link, standing } = parts;
  const clock = systemClock;
  const identify = createIdentify({
    keys: rules.keys,
    clock,
    defaultTenantLimits: rules.defaultLimits,
    verifyToken: configuredTokenVerifier(environment, 'public'),
  });
  const open = modelOpener({
    bedrock: (model) => createBedrockModel(model, { client: bedrock }),
    openai: createOpenAIModel,
    pools: poolsAdapter(),
  });
  const conversations = new Conversations(stores.conversations, clock);
  const local = createLocalGuard(rules.guard);
  const online = configuredGuard(rules.guard, environment.PLINTH_GUARDRAIL, bedrock);
  const answering = {
    router: createRouter(rules.catalog, open),
    guard: guardByLink(link, online, local),
    conversations,
    clock,
    observe: parts.observe,
    requestTimeoutMs: environment.PLINTH_REQUEST_TIMEOUT_MS,
  };
  const kept: Identify = async (authorization) => {
    const identity = await identify(authorization);
    // A site that is restricted uses what is on it and nothing else.
    return standing.mode === 'serving' ? identity : { ...identity, dataStays: true };
  };
  const governed = { ...answering, identify: kept, admission, audit: stores.audit };
  const near = createChatGateway({ ...governed, guard: local });
  return { gateway: gatewayByData(kept, createChatGateway(governed), near), identify, conversations, answering };
}
