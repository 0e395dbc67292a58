import type { ChatTurn, Prompt } from '../../engine/engine.ts';
import { assess, mergeAssessments, type Assessment, type Verdict } from './assess.ts';
import type { GuardrailDefinition } from './guardrail-config.ts';

/** A turn in the parts it was sent in; `marked` ones came as `guardContent`. */
export interface PartedTurn {
  role: ChatTurn['role'];
  parts: { text: string; marked: boolean }[];
}

export type GuardablePrompt = { kind: 'chat'; turns: readonly PartedTurn[] } | { kind: 'text'; text: string };

export interface GuardedPrompt {
  action: Verdict['action'];
  prompt: Prompt;
  assessment: Assessment;
  /** What was looked at. */
  texts: readonly string[];
}

/**
 * Applies a guardrail to a prompt. It looks at the marked parts when there are any, else at every turn but the system's: as Bedrock does.
 */
export function guardPrompt(guardrail: GuardrailDefinition, prompt: GuardablePrompt): GuardedPrompt {
  const verdicts: Verdict[] = [];
  const texts: string[] = [];
  const guard = (text: string): string => {
    const verdict = assess(guardrail, text);
    verdicts.push(verdict);
    texts.push(text);
    return verdict.text;
  };
  const guarded = prompt.kind === 'text' ? { ...prompt, text: guard(prompt.text) } : mapGuarded(prompt.turns, guard);
  const actions = new Set(verdicts.map(({ action }) => action));
  return {
    action: actions.has('BLOCKED') ? 'BLOCKED' : actions.has('ANONYMIZED') ? 'ANONYMIZED' : 'NONE',
    prompt: toPrompt(guarded),
    assessment: mergeAssessments(verdicts.map(({ assessment }) => assessment)),
    texts,
  };
}

export function toPrompt(prompt: GuardablePrompt): Prompt {
  if (prompt.kind === 'text') return prompt;
  const turns = prompt.turns.map(({ role, parts }) => ({ role, text: parts.map(({ text }) => text).join('\n') }));
  return { kind: 'chat', turns };
}

function mapGuarded(turns: readonly PartedTurn[], guard: (text: string) => string): GuardablePrompt {
  const anyMarked = turns.some(({ parts }) => parts.some(({ marked }) => marked));
  const looksAt = (role: PartedTurn['role'], marked: boolean) => (anyMarked ? marked : role !== 'system');
  return {
    kind: 'chat',
    turns: turns.map(({ role, parts }) => ({
      role,
      parts: parts.map(({ text, marked }) => ({ text: looksAt(role, marked) ? guard(text) : text, marked })),
    })),
  };
}
