import { expect } from 'vitest';
import { openEmbeddedStores } from '../embedded/index.ts';
import { MIDDAY } from './ledger-harness.ts';
import { ManualClock } from './manual-clock.ts';
import { runAndKill } from './run-and-kill.ts';

const TTL = 30_000;

/** What the killed process said about one reservation. */
interface Said {
  readonly worst: number;
  reserved: boolean;
  used: number | undefined;
  settled: boolean;
}

/** Everything that was ever said by processes that wrote to one folder. */
export class CrashTrial {
  readonly #folder: string;
  readonly #main: string;
  readonly #said = new Map<string, Said>();
  readonly #clock = new ManualClock(MIDDAY);
  #charged = 0;
  #appended = 0;
  #begunAppends = 0;

  constructor(folder: string, main: string) {
    this.#folder = folder;
    this.#main = main;
  }

  get acknowledged(): number {
    return this.#appended;
  }

  /** Lets a process write, kills it when it has said `bytes` bytes, opens the folder again and holds it to what was said. */
  async killOnce(round: number, bytes: number): Promise<void> {
    await this.#write(round, bytes);
    expect(this.#said.size).toBeGreaterThan(0);
    const stores = await openEmbeddedStores({ folder: this.#folder, clock: this.#clock });
    try {
      const [before] = await stores.ledger.usage('acme');
      expect(before!.month.tokens).toBeGreaterThanOrEqual(this.#charged + this.#bound(Math.min));
      expect(before!.month.tokens).toBeLessThanOrEqual(this.#charged + this.#bound(Math.max));
      // Nobody holds anything any more, and past its expiry nothing is stuck.
      this.#clock.advance(TTL);
      const swept = new Set<string>();
      for (let part = await stores.ledger.sweep(); part.length > 0; part = await stores.ledger.sweep())
        for (const { id } of part) swept.add(id);
      const usages = await stores.ledger.usage('acme');
      for (const usage of usages) expect(usage.concurrentRequests).toBe(0);
      this.#charge(swept);
      expect(usages[0]!.month.tokens).toBe(this.#charged);
      const keys = usages.slice(1).reduce((sum, usage) => sum + usage.month.tokens, 0);
      expect(keys).toBe(this.#charged);
      const verified = await stores.audit.verify();
      expect(verified).toMatchObject({ ok: true });
      expect(verified.records).toBeGreaterThanOrEqual(this.#appended);
      expect(verified.records).toBeLessThanOrEqual(this.#begunAppends);
    } finally {
      await stores.close();
    }
  }

  async #write(round: number, bytes: number): Promise<void> {
    const args = [this.#main, this.#folder, `r${round}`, String(this.#clock.now()), String(TTL)];
    const lines = await runAndKill(args, `${this.#folder}.said`, bytes);
    for (const line of lines) this.#hear(line.split(' '));
  }

  #hear([what, id = '', number = '']: string[]): void {
    if (what === 'reserve')
      this.#said.set(id, { worst: Number(number), reserved: false, used: undefined, settled: false });
    const said = this.#said.get(id)!;
    if (what === 'reserved') said.reserved = true;
    if (what === 'settle') {
      said.used = Number(number);
      this.#begunAppends += 1;
    }
    if (what === 'settled') {
      said.settled = true;
      this.#appended += 1;
    }
  }

  /** The least or the most that what is open can have come to: what was under way may have been done or not. */
  #bound(choose: (...values: number[]) => number): number {
    let sum = 0;
    for (const { worst, reserved, used, settled } of this.#said.values())
      sum += settled ? used! : used !== undefined ? choose(worst, used) : reserved ? worst : choose(0, worst);
    return sum;
  }

  /** Now that it is known which reservations had to be swept, it is known what each came to. */
  #charge(swept: ReadonlySet<string>): void {
    for (const [id, { worst, reserved, used, settled }] of this.#said) {
      if (settled) expect(swept.has(id)).toBe(false);
      else if (reserved && used === undefined) expect(swept.has(id)).toBe(true);
      this.#charged += swept.has(id) ? worst : (used ?? 0);
    }
    for (const id of swept) expect(this.#said.has(id)).toBe(true);
    this.#said.clear();
  }
}
