import type { GuardFinding } from './guard.ts';

/** Collects findings of one stage, counting equal ones together. */
export class Findings {
  readonly #stage: GuardFinding['stage'];
  readonly #counts = new Map<string, GuardFinding>();

  constructor(stage: GuardFinding['stage']) {
    this.#stage = stage;
  }

  add(detector: string, action: GuardFinding['action'], count = 1): void {
    const key = `${action}:${detector}`;
    const known = this.#counts.get(key)?.count ?? 0;
    this.#counts.set(key, { stage: this.#stage, action, detector, count: known + count });
  }

  list(): readonly GuardFinding[] {
    return this.#counts.size === 0 ? NONE : [...this.#counts.values()];
  }
}

const NONE: readonly GuardFinding[] = [];
