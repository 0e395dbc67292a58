import type { ChatMessage, GuardSummary } from '@plinth/contracts';

/** What a guard found in one stage, counted by detector. Never the text itself. */
export type GuardFinding = GuardSummary;

export interface GuardedMessages {
  /** The messages to go on with: redacted where the policy says so. */
  readonly messages: readonly ChatMessage[];
  readonly findings: readonly GuardFinding[];
  readonly blocked: boolean;
}

/** A piece of output that is safe to send. After `blocked` nothing more may be sent. */
export interface GuardedText {
  readonly text: string;
  readonly blocked: boolean;
}

/**
 * Watches one answer as it is written. `push` gives back the text that is cleared so far and keeps what could still turn out to be the
 * beginning of something to hold back; `end` clears the rest.
 */
export interface OutputGuard {
  push(text: string): GuardedText | Promise<GuardedText>;
  end(): GuardedText | Promise<GuardedText>;
  readonly findings: readonly GuardFinding[];
}

/** The port every moderation engine implements: the local one, Bedrock Guardrails, or several in a row. */
export interface Guard {
  checkInput(
    messages: readonly ChatMessage[],
    options: { signal: AbortSignal },
  ): GuardedMessages | Promise<GuardedMessages>;
  openOutput(options: { signal: AbortSignal }): OutputGuard;
}
