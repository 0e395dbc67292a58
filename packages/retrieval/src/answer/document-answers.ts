import {
  PlatformError,
  type CatalogModel,
  type ChatCompletionRequest,
  type ChatMessage,
  type GroundingExtension,
} from '@plinth/contracts';
import type { AnswerRecord } from '../ports/answer-store.ts';
import { readerOf } from '../reader.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { AskModel, QueryRewriter } from '../ports/query-rewriter.ts';
import type { Reader, Retrieval, Retriever } from '../ports/retriever.ts';
import { abstentionText } from './abstention.ts';
import { CheckedAnswer, type AnswerPart, type CheckedResult, type UnsupportedPolicy } from './checked-answer.ts';
import { Judge } from './judge.ts';
import { groundedMessages, questionOf, turnsOf } from './messages.ts';
import { packPassages, type Packing } from './pack.ts';
import { PROMPT_BYTES } from './prompt.ts';
import { Sources } from './support.ts';

export interface DocumentAnswersOptions {
  readonly retriever: Retriever;
  readonly rewriter: QueryRewriter;
  /** Decides about sentences that words cannot. */
  readonly embedder?: Embedder;
  readonly policy: UnsupportedPolicy;
  /** Least share of borne-out sentences under `abstain`. @default 0.6 */
  readonly threshold?: number;
  /** Follows an unsupported sentence under `mark`. @default ' [unsupported]' */
  readonly mark?: string;
  /** Passages found for a question. @default 20 */
  readonly found?: number;
  /** Passages in a prompt at most. @default 8 */
  readonly packed?: number;
  /** Tokens of a prompt that passages may take, if its model takes so many: never more than six in ten. @default 2_400 */
  readonly passageTokens?: number;
  /** What explanations tell of the guard. */
  readonly guardrail?: string;
  /** Keeps an answer before its end is told. Absent where answers cannot be explained. */
  readonly record?: (reader: Reader, answer: AnswerRecord) => Promise<void>;
  readonly now: () => number;
  /** Something failed that the answer can do without. */
  readonly onError: (error: unknown, requestId: string) => void;
}

/** One question, as the governed path hands it over. */
export interface DocumentQuestion {
  readonly requestId: string;
  readonly identity: Reader;
  readonly request: ChatCompletionRequest;
  /** As the guard left them. */
  readonly messages: readonly ChatMessage[];
  readonly model: CatalogModel;
  readonly signal: AbortSignal;
  readonly ask: AskModel;
  readonly screen: (
    texts: readonly string[],
  ) => Promise<readonly { readonly text: string; readonly blocked: boolean }[]>;
}

export interface FinishedAnswer {
  readonly events: readonly AnswerPart[];
  readonly extension: GroundingExtension;
  readonly outcome: { readonly passages: number; readonly groundedness?: number; readonly abstained: boolean };
}

export type DocumentPrompt =
  | {
      readonly kind: 'ask';
      readonly messages: readonly ChatMessage[];
      readonly checker: {
        push(text: string): readonly AnswerPart[] | Promise<readonly AnswerPart[]>;
        end(reason: string): Promise<FinishedAnswer>;
      };
    }
  | { readonly kind: 'answer'; readonly checked: FinishedAnswer };

/** Bytes a token is taken for where passages are measured: fewer than English has, so that what is packed fits. */
const BYTES_PER_TOKEN = 3;
const PROMPT_SHARE = 0.6;

/** Answers from documents: what the governed path's grounding stage does. */
export class DocumentAnswers {
  readonly #options: DocumentAnswersOptions;

  constructor(options: DocumentAnswersOptions) {
    this.#options = options;
  }

  worstCase(request: ChatCompletionRequest, model: CatalogModel) {
    refuseUngroundable(request);
    const { rewriter } = this.#options;
    const followUp = request.messages.filter(({ role }) => role === 'user').length > 1;
    return {
      promptTokens: PROMPT_BYTES + this.#mostBytes(model),
      ...(followUp && rewriter.asks !== undefined ? { asks: rewriter.asks } : {}),
    };
  }

  async ground(question: DocumentQuestion): Promise<DocumentPrompt> {
    const { retriever, rewriter, found = 20 } = this.#options;
    const { messages, request, identity, signal, ask } = question;
    const asked = questionOf(messages);
    const query = await rewriter.rewrite(turnsOf(messages), { ask, signal });
    const { filter, limit = found, method, rerank } = request.rag ?? {};
    const search = { limit, method, rerank, filter };
    const reader = readerOf(identity);
    const retrieval = await retriever.retrieve({ text: query, reader, ...search }, { signal });
    const packing = await this.#pack(question, retrieval);
    const answer = { question, reader, asked, query, search, retrieval, packing };
    if (packing.packed.length === 0) return { kind: 'answer', checked: await this.#finish(answer, withoutPassages()) };
    return this.#prompt(answer);
  }

  #prompt(answer: AnswerInProgress): DocumentPrompt {
    const { policy, threshold = 0.6, mark = ' [unsupported]', embedder, onError } = this.#options;
    const { question, packing } = answer;
    const { requestId, signal, messages } = question;
    const { packed } = packing;
    const sources = new Sources(
      packed.map(({ header, found }) => ({ text: found.passage.text, about: header })),
      answer.query,
    );
    const judge = new Judge({ sources, embedder, signal, onError: (error) => onError(error, requestId) });
    const checked = new CheckedAnswer({ packed, judge, policy, threshold, mark });
    return {
      kind: 'ask',
      messages: groundedMessages(messages, packed),
      checker: {
        push: (text) => checked.push(text),
        end: async (reason) => {
          const broken = reason === 'content_filter';
          return this.#finish(answer, await checked.end({ broken }), broken);
        },
      },
    };
  }

  #pack({ request, messages, model, screen }: DocumentQuestion, { passages }: Retrieval): Promise<Packing> {
    // System messages and the question stay whatever else is left out of a prompt that is too long.
    const fixed = messages.filter(
      ({ role }, index) => role === 'system' || role === 'developer' || index === messages.length - 1,
    );
    const room = model.maxPromptTokens * BYTES_PER_TOKEN - Buffer.byteLength(JSON.stringify(fixed)) - PROMPT_BYTES;
    return packPassages(passages, {
      budgetBytes: Math.max(0, Math.min(this.#mostBytes(model), room)),
      most: this.#options.packed ?? 8,
      exclude: new Set(request.rag?.exclude ?? []),
      screen,
    });
  }

  #mostBytes({ maxPromptTokens }: CatalogModel): number {
    const tokens = Math.min(this.#options.passageTokens ?? 2_400, Math.floor(maxPromptTokens * PROMPT_SHARE));
    return tokens * BYTES_PER_TOKEN;
  }

  async #finish(answer: AnswerInProgress, result: CheckedResult, broken = false): Promise<FinishedAnswer> {
    const { asked, query, retrieval, packing } = answer;
    const { groundedness, abstained, unsupported } = result;
    const kept = broken ? undefined : await this.#record(answer, result);
    const passages = packing.packed.length;
    return {
      events: result.parts,
      extension: {
        ...(kept === undefined ? {} : { answer_id: kept }),
        ...(groundedness === undefined ? {} : { groundedness }),
        abstained,
        ...(query === asked ? {} : { query }),
        passages: {
          found: retrieval.passages.length,
          packed: passages,
          blocked: packing.fates.filter((fate) => fate === 'blocked').length,
        },
        unsupported,
        removed_sentences: result.removed,
      },
      outcome: { passages, ...(groundedness === undefined ? {} : { groundedness }), abstained },
    };
  }

  /** Keeps what an explanation needs. An answer that cannot be kept is still an answer, without an id. */
  async #record(answer: AnswerInProgress, result: CheckedResult): Promise<string | undefined> {
    const { record, policy, guardrail, now, onError } = this.#options;
    const { question, reader, asked, query, search, retrieval, packing } = answer;
    if (record === undefined) return undefined;
    const { requestId, model } = question;
    const { text, groundedness, abstained, sentences } = result;
    const passages = retrieval.passages.map(({ passage, lexical, dense, fused, rerank }, index) => {
      const { id, documentId, version, start, end } = passage;
      return { id, documentId, version, start, end, lexical, dense, fused, rerank, fate: packing.fates[index]! };
    });
    const id = `ans_${requestId}`;
    const models = { generator: model.id, ...retrieval.models, guardrail };
    const about = { id, createdAt: now(), question: asked, query, answer: text, policy, groundedness, abstained };
    try {
      await record(reader, { ...about, models, search, passages, sentences });
      return id;
    } catch (error) {
      onError(error, requestId);
      return undefined;
    }
  }
}

interface AnswerInProgress {
  readonly question: DocumentQuestion;
  readonly reader: Reader;
  readonly asked: string;
  readonly query: string;
  readonly search: AnswerRecord['search'];
  readonly retrieval: Retrieval;
  readonly packing: Packing;
}

function withoutPassages(): CheckedResult {
  const text = abstentionText([]);
  return { parts: [{ type: 'text', text }], text, sentences: [], abstained: true, unsupported: [], removed: 0 };
}

/** What cannot be held against passages is not asked for: calls of tools, and text in a form of its own. */
function refuseUngroundable(request: ChatCompletionRequest): void {
  const refuse = (param: string, words: string) => {
    throw new PlatformError(
      'unsupported_feature',
      `Answers from documents ${words}. Leave "${param}" out, or use the chat service.`,
      { param },
    );
  };
  if ((request.tools?.length ?? 0) > 0) refuse('tools', 'call no tools');
  if (request.response_format !== undefined && request.response_format.type !== 'text')
    refuse('response_format', 'are sentences');
  const last = request.messages.at(-1);
  if (last?.role !== 'user' || questionOf(request.messages).trim() === '')
    throw new PlatformError('invalid_request', 'The last message must be the question: text of role "user".', {
      param: 'messages',
    });
}
