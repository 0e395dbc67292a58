import { PlatformError, type SiteState } from '@plinth/contracts';
import { ManualTimers } from '@plinth/batching/testing';
import type { ReportJournal, WrittenReport } from '@plinth/stores/site';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Reporter } from './reporter.ts';

/** A journal whose reports are what a test puts in, and one more whenever the state is due. */
class ScriptedJournal implements ReportJournal {
  readonly #open: WrittenReport[] = [];
  #number = 0;

  put(text: string): void {
    this.#open.push({ number: ++this.#number, body: text, fresh: true });
  }

  async next(state?: SiteState): Promise<WrittenReport | undefined> {
    if (this.#open.length === 0 && state !== undefined) this.put('state');
    return this.#open[0];
  }

  async taken(number: number): Promise<void> {
    expect(this.#open.shift()?.number).toBe(number);
  }
}

const STATE = { at: 1, mode: 'serving' as const, outbox: { items: 0, oldestSeconds: 0 } };
let reporter: Reporter;
afterEach(() => reporter.stop());

function start(send: (body: string) => Promise<void>) {
  const [journal, timers, errors] = [new ScriptedJournal(), new ManualTimers(), [] as PlatformError[]];
  reporter = new Reporter({
    journal,
    sink: { send },
    state: async () => STATE,
    onError: (error) => errors.push(error),
    timers,
    random: () => 1,
  });
  reporter.start();
  /** Lets whatever was due happen. */
  const pass = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    timers.move(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { journal, errors, pass };
}

describe('a reporter', () => {
  it('tells how the site is, then what there is, then how it is a minute later', async () => {
    const sent: string[] = [];
    const { journal, pass } = start(async (body) => void sent.push(body));
    await vi.waitFor(() => expect(sent).toEqual(['state']));
    journal.put('a');
    journal.put('b');
    await pass(1_000);
    await vi.waitFor(() => expect(sent).toEqual(['state', 'a', 'b']));
    await pass(58_000);
    expect(sent).toHaveLength(3);
    await pass(1_000);
    await vi.waitFor(() => expect(sent).toEqual(['state', 'a', 'b', 'state']));
  });

  it('sends one again that was not taken, later and later, and nothing after it before', async () => {
    const sent: string[] = [];
    let failures = 3;
    const { journal, errors, pass } = start(async (body) => {
      sent.push(body);
      if (failures-- > 0) throw new PlatformError('upstream_failed', 'No link.');
    });
    journal.put('a');
    journal.put('b');
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    for (const [index, ms] of [500, 1_000, 2_000].entries()) {
      await pass(ms - 1);
      expect(sent).toHaveLength(index + 1);
      await pass(1);
      await vi.waitFor(() => expect(sent.length).toBeGreaterThan(index + 1));
    }
    await vi.waitFor(() => expect(sent).toEqual(['a', 'a', 'a', 'a', 'b']));
  });

  it('gives up what is being sent when it is stopped', async () => {
    let given: AbortSignal | undefined;
    const [journal, timers] = [new ScriptedJournal(), new ManualTimers()];
    const send = (_body: string, { signal }: { signal: AbortSignal }) =>
      new Promise<void>((_resolve, reject) => {
        given = signal;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    reporter = new Reporter({ journal, sink: { send }, state: async () => STATE, onError: () => undefined, timers });
    reporter.start();
    await vi.waitFor(() => expect(given).toBeDefined());
    await reporter.stop();
    expect(given!.aborted).toBe(true);
    expect(await journal.next()).toMatchObject({ body: 'state' });
  });
});
