import type { Engine, EndReason, EngineEvent, GenerationRequest, Usage } from '../engine/engine.ts';
import { whenStarted } from '../http/first-event.ts';
import { mergeAssessments, type Assessment } from './guardrail/assess.ts';
import { guardPrompt, toPrompt, type GuardablePrompt } from './guardrail/guard-prompt.ts';
import type { GuardrailDefinition } from './guardrail/guardrail-config.ts';
import { StreamGuard } from './guardrail/stream-guard.ts';
import { traceOf, type GuardrailTrace } from './guardrail/trace.ts';

export type PromptlessRequest = Omit<GenerationRequest, 'prompt'>;

export type StopReason = 'end_turn' | 'stop_sequence' | 'max_tokens' | 'guardrail_intervened';

export interface AnswerEnd {
  type: 'end';
  stopReason: StopReason;
  stopSequence: string | undefined;
  usage: Usage;
  /** What the guardrail saw, when one was applied. */
  trace: GuardrailTrace | undefined;
}

export type AnswerEvent = { type: 'text'; text: string } | AnswerEnd;

const STOP_REASONS: Record<EndReason, StopReason> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
};

export interface AnswerRequest {
  prompt: GuardablePrompt;
  generation: PromptlessRequest;
  guardrail: GuardrailDefinition | undefined;
}

/** Runs one request, guardrail before and after. Resolves once the model has started, so that what fails earlier still gets a status line. */
export async function answer(
  engine: Engine,
  { prompt, generation, guardrail }: AnswerRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<AnswerEvent>> {
  if (!guardrail) {
    return plain(await whenStarted(engine.generate({ ...generation, prompt: toPrompt(prompt) }, signal)));
  }
  const input = guardPrompt(guardrail, prompt);
  if (input.action === 'BLOCKED') {
    return refusal(guardrail.blockedInputMessaging, traceOf(guardrail, input, undefined));
  }
  const events = await whenStarted(engine.generate({ ...generation, prompt: input.prompt }, signal));
  return guarded(events, guardrail, (texts, assessment) => traceOf(guardrail, input, { texts, assessment }));
}

async function* plain(events: AsyncIterable<EngineEvent>): AsyncGenerator<AnswerEvent, void, undefined> {
  for await (const event of events) {
    if (event.type === 'text') yield { type: 'text', text: event.text };
    else if (event.type === 'end') yield endOf(event, STOP_REASONS[event.reason], undefined);
  }
}

async function* refusal(text: string, trace: GuardrailTrace): AsyncGenerator<AnswerEvent, void, undefined> {
  yield { type: 'text', text };
  yield { ...intervened({ promptTokens: 0, completionTokens: 0 }), trace };
}

async function* guarded(
  events: AsyncIterable<EngineEvent>,
  guardrail: GuardrailDefinition,
  trace: (texts: readonly string[], assessment: Assessment) => GuardrailTrace,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const guard = new StreamGuard(guardrail);
  const assessments: Assessment[] = [];
  const texts: string[] = [];
  const usage = { promptTokens: 0, completionTokens: 0 };
  let masked = false;
  for await (const event of events) {
    if (event.type === 'start') {
      usage.promptTokens = event.promptTokens;
      continue;
    }
    if (event.type === 'text') texts.push(event.text);
    const piece = event.type === 'text' ? guard.push(event.text) : guard.flush();
    assessments.push(piece.assessment);
    masked ||= piece.action === 'ANONYMIZED';
    const outcome = () => trace([texts.join('')], mergeAssessments(assessments));
    if (piece.action === 'BLOCKED') {
      // Leaving the loop stops the model: nothing more of this answer may be said.
      if (event.type === 'text') usage.completionTokens = event.completionTokens;
      yield { type: 'text', text: guardrail.blockedOutputsMessaging };
      yield { ...intervened(event.type === 'end' ? event.usage : usage), trace: outcome() };
      return;
    }
    if (piece.text !== '') yield { type: 'text', text: piece.text };
    if (event.type === 'end') {
      yield endOf(event, masked ? 'guardrail_intervened' : STOP_REASONS[event.reason], outcome());
    }
  }
}

function intervened(usage: Usage): AnswerEnd {
  return { type: 'end', stopReason: 'guardrail_intervened', stopSequence: undefined, usage, trace: undefined };
}

function endOf(
  event: Extract<EngineEvent, { type: 'end' }>,
  stopReason: StopReason,
  trace: GuardrailTrace | undefined,
): AnswerEnd {
  return { type: 'end', stopReason, stopSequence: event.stopSequence, usage: event.usage, trace };
}
