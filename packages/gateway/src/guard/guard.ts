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

export interface CheckInputOptions {
  readonly signal: AbortSignal;
  /** Whose words they are: a caller's, or a document's that was found for them, which nobody here wrote or vouches for. @default 'caller' */
  readonly origin?: 'caller' | 'document';
}

/** The port every moderation engine implements: the local one, Bedrock Guardrails, or several in a row. */
export interface Guard {
  /** Whether it shows texts to a service elsewhere. @default false */
  readonly leavesSite?: boolean;
  checkInput(messages: readonly ChatMessage[], options: CheckInputOptions): GuardedMessages | Promise<GuardedMessages>;
  openOutput(options: { signal: AbortSignal }): OutputGuard;
}
