import { PlatformError, type ChatLambdaEnvironment, type CatalogModel } from '@plinth/contracts';
import {
  Admission,
  Conversations,
  createChatGateway,
  createIdentify,
  createBedrockGuard,
  createLocalGuard,
  guardsInOrder,
  createRouter,
  createTokenVerifier,
  expiredRecord,
  type ChatGateway,
  type Guard,
  type Identify,
  type Observe,
  type Router,
} from '@plinth/gateway';
import type { ModelClient } from '@plinth/models';
import type { BedrockClient } from './models.ts';
import {
  systemClock,
  type AuditLog,
  type ConversationStore,
  type KeyStore,
  type Ledger,
  type Settlement,
} from '@plinth/stores';

/** The variables both entry points share. */
export type CommonEnvironment = Omit<
  ChatLambdaEnvironment,
  'PLINTH_LEDGER_TABLE' | 'PLINTH_RECORDS_TABLE' | 'PLINTH_AUDIT_TABLE'
>;

export interface Parts {
  readonly environment: CommonEnvironment;
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly keys: KeyStore;
  readonly conversations: ConversationStore;
  /** See AdmissionOptions. */
  readonly sweepAll?: boolean;
  /** Reaches Bedrock, for the guardrail; needed when the environment names one. */
  readonly bedrock?: BedrockClient;
  readonly openModel: (model: CatalogModel) => ModelClient;
  readonly observe: Observe;
  readonly logError: (error: unknown, requestId: string) => void;
}

export interface ChatPlatform {
  readonly gateway: ChatGateway;
  readonly admission: Admission;
  readonly identify: Identify;
  readonly router: Router;
  readonly conversations: Conversations;
}

/** The governed path out of its parts: the same on Lambda, in a container, on a laptop and at an edge site. */
export function composeChat(parts: Parts): ChatPlatform {
  const { environment } = parts;
  const clock = systemClock;
  const auditExpired = (lost: readonly Settlement[]) => {
    parts.audit
      .append(lost.map((settlement) => expiredRecord(settlement, clock.now())))
      .catch((error: unknown) => parts.logError(error, 'sweep'));
  };
  const admission = new Admission({
    ledger: parts.ledger,
    ttlMs: environment.PLINTH_RESERVATION_TTL_MS,
    sweepAll: parts.sweepAll,
    onExpired: auditExpired,
    onError: (error) => parts.logError(error, 'upkeep'),
  });
  const identify = createIdentify({
    keys: parts.keys,
    clock,
    defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
    verifyToken: tokenVerifier(environment),
  });
  const router = createRouter(environment.PLINTH_CATALOG, parts.openModel);
  const conversations = new Conversations(parts.conversations, clock);
  const gateway = createChatGateway({
    identify,
    admission,
    router,
    conversations,
    clock,
    guard: guardOf(environment, parts.bedrock),
    audit: parts.audit,
    observe: parts.observe,
    requestTimeoutMs: environment.PLINTH_REQUEST_TIMEOUT_MS,
  });
  return { gateway, admission, identify, router, conversations };
}

function guardOf(environment: CommonEnvironment, client: BedrockClient | undefined): Guard {
  const local = createLocalGuard(environment.PLINTH_GUARD_POLICY);
  const guardrail = environment.PLINTH_GUARDRAIL;
  return guardrail === undefined || client === undefined
    ? local
    : guardsInOrder(local, createBedrockGuard({ client, guardrail }));
}

function tokenVerifier(environment: CommonEnvironment) {
  const { PLINTH_OIDC_ISSUER: issuer, PLINTH_OIDC_AUDIENCE: audience } = environment;
  if (issuer === undefined) return undefined;
  if (audience === undefined)
    throw new PlatformError(
      'configuration',
      'PLINTH_OIDC_ISSUER is set without PLINTH_OIDC_AUDIENCE. Set it to the client id tokens are issued for.',
    );
  return createTokenVerifier({
    issuer,
    audience,
    defaultTenant: 'public',
    userLimits: environment.PLINTH_DEFAULT_LIMITS,
  });
}
