import type { ChatLambdaEnvironment, CatalogModel } from '@plinth/contracts';
import {
  auditedAdmission,
  configuredGuard,
  configuredTokenVerifier,
  Conversations,
  createChatGateway,
  createIdentify,
  createRouter,
  type Admission,
  type ChatGateway,
  type Identify,
  type Observe,
  type Router,
} from '@plinth/gateway';
import type { ModelClient } from '@plinth/models';
import type { BedrockClient } from './models.ts';
import { systemClock, type AuditLog, type ConversationStore, type KeyStore, type Ledger } from '@plinth/stores';

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
  const admission = auditedAdmission({
    ledger: parts.ledger,
    audit: parts.audit,
    clock,
    ttlMs: environment.PLINTH_RESERVATION_TTL_MS,
    sweepAll: parts.sweepAll,
    logError: parts.logError,
  });
  const identify = createIdentify({
    keys: parts.keys,
    clock,
    defaultTenantLimits: environment.PLINTH_DEFAULT_LIMITS,
    verifyToken: configuredTokenVerifier(environment, 'public'),
  });
  const router = createRouter(environment.PLINTH_CATALOG, parts.openModel);
  const conversations = new Conversations(parts.conversations, clock);
  const gateway = createChatGateway({
    identify,
    admission,
    router,
    conversations,
    clock,
    guard: configuredGuard(environment.PLINTH_GUARD_POLICY, environment.PLINTH_GUARDRAIL, parts.bedrock),
    audit: parts.audit,
    observe: parts.observe,
    requestTimeoutMs: environment.PLINTH_REQUEST_TIMEOUT_MS,
  });
  return { gateway, admission, identify, router, conversations };
}
