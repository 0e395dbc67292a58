import type { Guard, GuardedText, OutputGuard } from './guard.ts';

/** Two guards, one after the other: the second sees what the first left, and both must let a text pass. */
export function guardsInOrder(first: Guard, second: Guard): Guard {
  return {
    leavesSite: first.leavesSite === true || second.leavesSite === true,
    async checkInput(messages, options) {
      const before = await first.checkInput(messages, options);
      if (before.blocked) return before;
      const after = await second.checkInput(before.messages, options);
      return { ...after, findings: [...before.findings, ...after.findings] };
    },
    openOutput: (options) => new OutputInOrder(first.openOutput(options), second.openOutput(options)),
  };
}

class OutputInOrder implements OutputGuard {
  readonly #first: OutputGuard;
  readonly #second: OutputGuard;

  constructor(first: OutputGuard, second: OutputGuard) {
    this.#first = first;
    this.#second = second;
  }

  get findings() {
    return [...this.#first.findings, ...this.#second.findings];
  }

  async push(text: string): Promise<GuardedText> {
    return this.#pass(await this.#first.push(text), false);
  }

  async end(): Promise<GuardedText> {
    return this.#pass(await this.#first.end(), true);
  }

  /** What the first cleared goes through the second; when the first blocked, what it cleared before is all there will be. */
  async #pass(cleared: GuardedText, last: boolean): Promise<GuardedText> {
    const pushed = cleared.text === '' ? { text: '', blocked: false } : await this.#second.push(cleared.text);
    if (pushed.blocked || !(last || cleared.blocked)) return pushed;
    const ended = await this.#second.end();
    return { text: pushed.text + ended.text, blocked: cleared.blocked || ended.blocked };
  }
}
