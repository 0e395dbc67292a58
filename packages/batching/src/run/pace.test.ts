import { describe, expect, it } from 'vitest';
import { Pace, type Slot } from './pace.ts';

const { signal } = new AbortController();

async function filled(pace: Pace): Promise<Slot[]> {
  const slots: Slot[] = [];
  while (pace.busy < pace.limit) slots.push((await pace.take(0, signal))!);
  return slots;
}

/** One round of calls, all of which end well. */
async function round(pace: Pace): Promise<void> {
  for (const slot of await filled(pace)) {
    slot.succeeded();
    slot.end();
    await filled(pace).then((more) => more.forEach((slot) => slot.end()));
  }
}

describe('the pace of an engine', () => {
  it('never lets more calls at once than its limit', async () => {
    const pace = new Pace({ start: 2, max: 2 });
    const slots = await filled(pace);
    let third: Slot | undefined;
    void pace.take(0, signal).then((slot) => (third = slot));
    await Promise.resolve();
    expect(third).toBeUndefined();
    slots[0]!.end();
    slots[0]!.end();
    await Promise.resolve();
    expect(third).toBeDefined();
    expect(pace.busy).toBe(2);
  });

  it('doubles with a round of answers until the engine complains, then halves, then grows by one a round', async () => {
    const pace = new Pace({ start: 4, max: 100 });
    for (const slot of await filled(pace)) slot.succeeded();
    expect(pace.limit).toBe(5);
    const more = new Pace({ start: 8, max: 100 });
    const slots = await filled(more);
    slots[0]!.tooFast();
    expect(more.limit).toBe(4);
    for (const slot of slots) slot.end();
    await round(more);
    expect(more.limit).toBeLessThanOrEqual(5);
  });

  it('halves once for all complaints of one round', async () => {
    const pace = new Pace({ start: 16, max: 16 });
    const slots = await filled(pace);
    for (const slot of slots) slot.tooFast();
    expect(pace.limit).toBe(8);
    for (const slot of slots) slot.end();
    const [next] = await filled(pace);
    next!.tooFast();
    expect(pace.limit).toBe(4);
  });

  it('stays within its bounds', async () => {
    const pace = new Pace({ min: 2, start: 3, max: 4 });
    for (let times = 0; times < 10; times++) {
      const slots = await filled(pace);
      slots[0]!.tooFast();
      for (const slot of slots) slot.end();
    }
    expect(pace.limit).toBe(2);
    for (let times = 0; times < 50; times++) await round(pace);
    expect(pace.limit).toBe(4);
  });

  it('does not grow while it is not used up', async () => {
    const pace = new Pace({ start: 8, max: 64 });
    for (let times = 0; times < 50; times++) {
      const slot = (await pace.take(0, signal))!;
      slot.succeeded();
      slot.end();
    }
    expect(pace.limit).toBe(8);
  });

  it('serves the lowest order first, and nobody who has left', async () => {
    const pace = new Pace({ start: 1, max: 1 });
    const [slot] = await filled(pace);
    const leaving = new AbortController();
    const served: string[] = [];
    const wait = (name: string, order: number, signal: AbortSignal) =>
      pace.take(order, signal).then((slot) => {
        if (slot !== undefined) served.push(name);
        slot?.end();
      });
    const all = [
      wait('late', 3, signal),
      wait('urgent', 1, signal),
      wait('gone', 0, leaving.signal),
      wait('soon', 2, signal),
    ];
    leaving.abort();
    slot!.end();
    await Promise.all(all);
    expect(served).toEqual(['urgent', 'soon', 'late']);
  });
});
