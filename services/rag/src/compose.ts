import type { CatalogModel, GuardPolicy, GuardrailReference, Limits, ModelCatalog } from '@plinth/contracts';
import {
  auditedAdmission,
  configuredGuard,
  Conversations,
  createChatGateway,
  createRouter,
  type Admission,
  type ChatGateway,
  type Guard,
  type Identify,
  type Observe,
  type Router,
} from '@plinth/gateway';
import type { ModelClient } from '@plinth/models';
import type { createBedrockRuntime } from '@plinth/models/bedrock';
import type { AnswerRecord, AnswerStore, Embedder, Reader, Retriever } from '@plinth/retrieval';
import { DocumentAnswers, modelRewriter, rulesRewriter, type DocumentAnswersOptions } from '@plinth/retrieval/answer';
import type { AuditLog, Clock, ConversationStore, Ledger } from '@plinth/stores';

/** The variables both entry points share. */
export interface CommonEnvironment {
  readonly PLINTH_CATALOG: ModelCatalog;
  readonly PLINTH_GUARD_POLICY: GuardPolicy;
  readonly PLINTH_GUARDRAIL?: GuardrailReference;
  readonly PLINTH_UNSUPPORTED: 'mark' | 'abstain';
  readonly PLINTH_PASSAGES: number;
  readonly PLINTH_PASSAGES_PACKED: number;
  readonly PLINTH_PASSAGE_TOKENS: number;
  readonly PLINTH_REWRITE: 'rules' | 'model';
  readonly PLINTH_DEFAULT_LIMITS: Limits;
  readonly PLINTH_REQUEST_TIMEOUT_MS: number;
  readonly PLINTH_RESERVATION_TTL_MS: number;
}

export interface Parts {
  readonly environment: CommonEnvironment;
  readonly identify: Identify;
  readonly ledger: Ledger;
  readonly audit: AuditLog;
  readonly conversations: ConversationStore;
  readonly clock: Clock;
  readonly sweepAll?: boolean;
  readonly retriever: Retriever;
  /** Decides about sentences that words cannot. */
  readonly embedder?: Embedder;
  /** Absent where answers cannot be kept, and so not explained. */
  readonly answers?: AnswerStore;
  /** Hears of every answer once it is kept; not waited for. */
  readonly onAnswer?: (reader: Reader, answer: AnswerRecord) => Promise<void>;
  /** Reaches Bedrock, for the guardrail; needed when the environment names one. */
  readonly bedrock?: ReturnType<typeof createBedrockRuntime>;
  readonly openModel: (model: CatalogModel) => ModelClient;
  readonly observe: Observe;
  readonly logError: (error: unknown, requestId: string) => void;
}

export interface RagPlatform extends Pick<
  Parts,
  'identify' | 'audit' | 'clock' | 'retriever' | 'embedder' | 'logError'
> {
  readonly gateway: ChatGateway;
  /** The same path without keeping the answer or marking it: for answers that are written again to explain one. */
  readonly trial: ChatGateway;
  readonly admission: Admission;
  readonly guard: Guard;
  readonly router: Router;
}

/** The governed path with documents before the model, out of its parts: the same on Lambda, on a laptop and at an edge site. */
export function composeRag(parts: Parts): RagPlatform {
  const { environment, clock, audit, logError, identify, observe } = parts;
  const admission = auditedAdmission({
    ledger: parts.ledger,
    audit,
    clock,
    ttlMs: environment.PLINTH_RESERVATION_TTL_MS,
    sweepAll: parts.sweepAll,
    logError,
  });
  const router = createRouter(environment.PLINTH_CATALOG, parts.openModel);
  const guard = configuredGuard(environment.PLINTH_GUARD_POLICY, environment.PLINTH_GUARDRAIL, parts.bedrock);
  const conversations = new Conversations(parts.conversations, clock);
  const requestTimeoutMs = environment.PLINTH_REQUEST_TIMEOUT_MS;
  const path = { identify, admission, guard, router, audit, conversations, clock, observe, requestTimeoutMs };
  const options = answerOptions(parts);
  const grounding = new DocumentAnswers({ ...options, record: recorder(parts) });
  const again = new DocumentAnswers({ ...options, policy: 'mark', mark: '' });
  return {
    identify,
    audit,
    clock,
    retriever: parts.retriever,
    embedder: parts.embedder,
    logError,
    gateway: createChatGateway({ ...path, grounding }),
    trial: createChatGateway({ ...path, grounding: again }),
    admission,
    guard,
    router,
  };
}

function answerOptions({ environment, retriever, embedder, clock, logError }: Parts): DocumentAnswersOptions {
  const guardrail = environment.PLINTH_GUARDRAIL;
  return {
    retriever,
    rewriter: environment.PLINTH_REWRITE === 'model' ? modelRewriter : rulesRewriter,
    embedder,
    policy: environment.PLINTH_UNSUPPORTED,
    found: environment.PLINTH_PASSAGES,
    packed: environment.PLINTH_PASSAGES_PACKED,
    passageTokens: environment.PLINTH_PASSAGE_TOKENS,
    guardrail: guardrail && `${guardrail.id}:${guardrail.version}`,
    now: () => clock.now(),
    onError: logError,
  };
}

function recorder({ answers, onAnswer, logError }: Parts): DocumentAnswersOptions['record'] {
  if (answers === undefined) return undefined;
  return async (reader, answer) => {
    await answers.put(reader, answer);
    onAnswer?.(reader, answer).catch((error: unknown) => logError(error, answer.id));
  };
}
