import { randomUUID } from 'node:crypto';
import { PlatformError, type EvaluationConfig } from '@plinth/contracts';
import { toChatCompletion, type ChatGateway } from '@plinth/gateway';
import type { EvaluatedAnswer } from '@plinth/retrieval/evaluate';

export interface AnswerQuestion {
  readonly question: string;
  /** Who answers where the configuration does not say. */
  readonly model?: string;
  readonly authorization: string | undefined;
  readonly config: EvaluationConfig;
  readonly signal: AbortSignal;
}

/** One question over the governed path, as the evaluation's caller would ask it: admitted, guarded, paid and recorded. */
export async function askOverGateway(gateway: ChatGateway, options: AnswerQuestion): Promise<EvaluatedAnswer> {
  const { question, authorization, config, signal } = options;
  const model = config.model ?? options.model;
  if (model === undefined)
    throw new PlatformError('invalid_request', 'Say who is to answer: "model" in "config".', { param: 'config.model' });
  // The gateway ends a request by aborting it, and that must not end the evaluation.
  const controller = new AbortController();
  const leave = () => controller.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    const { method, rerank, limit, filter } = config;
    const body = { model, messages: [{ role: 'user', content: question }], rag: { method, rerank, limit, filter } };
    const run = await gateway({
      requestId: randomUUID(),
      authorization,
      body: Buffer.from(JSON.stringify(body)),
      controller,
    });
    const completion = await toChatCompletion(run);
    const { message } = completion.choices[0]!;
    const { cost_usd = 0, prompt_tokens, completion_tokens } = completion.usage;
    return {
      text: message.content ?? '',
      abstained: completion.plinth?.abstained === true,
      groundedness: completion.plinth?.groundedness,
      citations: (message.annotations ?? []).map(({ url_citation: each }) => ({
        documentId: each.document_id,
        quote: each.quote,
        start: each.start_index,
        end: each.end_index,
      })),
      inputTokens: prompt_tokens,
      outputTokens: completion_tokens,
      nanoUsd: Math.round(cost_usd * 1e9),
    };
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
