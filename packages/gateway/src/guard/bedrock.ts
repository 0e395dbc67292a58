import { applyGuardrail } from '@plinth/models/bedrock';
import type { ChatMessage } from '@plinth/contracts';
import { Findings } from './findings.ts';
import type { Guard, GuardedText, OutputGuard } from './guard.ts';
import { mapMessageText, messageText } from './message-text.ts';

type Client = Parameters<typeof applyGuardrail>[0]['client'];

export interface BedrockGuardOptions {
  readonly client: () => Promise<Client> | Client;
  readonly guardrail: { readonly id: string; readonly version: string };
  /**
   * An answer is judged in pieces of about this many characters, cut at the end of a word, and each piece waits for its verdict. Larger
   * pieces cost fewer calls and a later first token; a finding that spans two pieces can be missed. @default 400
   */
  readonly windowCharacters?: number;
}

/** Longest text of one ApplyGuardrail call, characters; the service bills and limits by text units of 1,000. */
const MAX_CALL_CHARACTERS = 20_000;

/**
 * Bedrock Guardrails as a guard of ours, over ApplyGuardrail: for models that do not run on Bedrock. Models that do are better given the
 * guardrail in their catalog entry, which Converse applies by itself. When the service cannot be asked, the request fails.
 */
export function createBedrockGuard(options: BedrockGuardOptions): Guard {
  const ask = async (
    source: 'INPUT' | 'OUTPUT',
    text: string,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<GuardedText> => {
    let cleared = '';
    for (let from = 0; from < text.length; from += MAX_CALL_CHARACTERS) {
      const piece = text.slice(from, from + MAX_CALL_CHARACTERS);
      const verdict = await applyGuardrail({
        client: await options.client(),
        guardrail: options.guardrail,
        source,
        text: piece,
        signal,
      });
      for (const { detector, action, count } of verdict.findings) findings.add(`bedrock:${detector}`, action, count);
      if (verdict.action === 'blocked' && verdict.findings.length === 0) findings.add('bedrock:guardrail', 'blocked');
      if (verdict.action === 'blocked') return { text: cleared, blocked: true };
      cleared += verdict.text;
    }
    return { text: cleared, blocked: false };
  };

  return {
    leavesSite: true,
    async checkInput(messages, { signal }) {
      const findings = new Findings('input');
      const judged: ChatMessage[] = [];
      // What callers and tools wrote is judged; the instructions are the operator's and what the assistant said was judged when it said it.
      for (const message of messages) {
        const text = isUntrusted(message) ? messageText(message) : '';
        const verdict = await ask('INPUT', text, findings, signal);
        if (verdict.blocked) return { messages, findings: findings.list(), blocked: true };
        judged.push(verdict.text === text ? message : withText(message, verdict.text));
      }
      return { messages: judged, findings: findings.list(), blocked: false };
    },
    openOutput: ({ signal }) => {
      const findings = new Findings('output');
      return new WindowedOutput(options.windowCharacters ?? 400, findings, (text) =>
        ask('OUTPUT', text, findings, signal),
      );
    },
  };
}

function isUntrusted(message: ChatMessage): boolean {
  return message.role === 'user' || message.role === 'tool';
}

/** A message of several text parts becomes one part: the verdict was on all of them together. */
function withText(message: ChatMessage, text: string): ChatMessage {
  let rest = text;
  return mapMessageText(message, () => {
    const part = rest;
    rest = '';
    return part;
  });
}

class WindowedOutput implements OutputGuard {
  readonly #size: number;
  readonly #findings: Findings;
  readonly #judge: (text: string) => Promise<GuardedText>;
  #held = '';
  #blocked = false;

  constructor(size: number, findings: Findings, judge: (text: string) => Promise<GuardedText>) {
    this.#size = size;
    this.#findings = findings;
    this.#judge = judge;
  }

  get findings() {
    return this.#findings.list();
  }

  push(text: string): GuardedText | Promise<GuardedText> {
    this.#held += text;
    if (this.#blocked || this.#held.length < this.#size) return { text: '', blocked: this.#blocked };
    return this.#release(this.#size);
  }

  end(): GuardedText | Promise<GuardedText> {
    if (this.#blocked || this.#held === '') return { text: '', blocked: this.#blocked };
    return this.#release(1);
  }

  /** Judges window after window until less than `atLeast` characters are left. */
  async #release(atLeast: number): Promise<GuardedText> {
    let text = '';
    while (this.#held.length >= atLeast && !this.#blocked) {
      const window = this.#held.slice(0, this.#size);
      const space = window.search(/\s\S*$/);
      const piece = window.length < this.#size || space <= 0 ? window : window.slice(0, space + 1);
      this.#held = this.#held.slice(piece.length);
      const verdict = await this.#judge(piece);
      text += verdict.text;
      this.#blocked = verdict.blocked;
    }
    return { text, blocked: this.#blocked };
  }
}
