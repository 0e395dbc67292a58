import { ManualTimers } from '@plinth/batching/testing';
import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { afterEach, describe, expect, it } from 'vitest';
import { LinkMonitor } from './link-monitor.ts';

const opened: LinkMonitor[] = [];
afterEach(() => Promise.all(opened.splice(0).map((link) => link.stop())));

function open(probe: () => Promise<void> = () => Promise.resolve()) {
  const timers = new ManualTimers();
  const clock = new ManualClock(1_000);
  const changes: boolean[] = [];
  const link = new LinkMonitor({ probe, timers, clock, onChange: (online) => changes.push(online) });
  opened.push(link);
  return { link, timers, clock, changes };
}

describe('a link', () => {
  it('is down until the first sign, which decides alone', () => {
    const { link, clock } = open();
    expect(link.up).toBe(false);
    clock.set(2_000);
    link.saw(true);
    expect(link.state()).toEqual({ online: true, since: 2_000 });
  });

  it('turns by two signs in a row, so that one lost call is nothing', () => {
    const { link, changes } = open();
    link.saw(true);
    link.saw(false);
    link.saw(true);
    link.saw(false);
    expect(link.up).toBe(true);
    link.saw(false);
    expect(link.up).toBe(false);
    link.saw(true);
    expect(link.up).toBe(false);
    link.saw(true);
    expect(changes).toEqual([true, false, true]);
  });

  it('lets those go on who waited for it, and those who gave up', async () => {
    const { link } = open();
    const leave = new AbortController();
    const waited = link.whenUp(new AbortController().signal);
    const left = link.whenUp(leave.signal);
    leave.abort();
    await left;
    link.saw(true);
    await waited;
    await link.whenUp(new AbortController().signal);
  });

  it('is probed when it was quiet for long, and at short intervals once it is in doubt', async () => {
    let reached = true;
    let probes = 0;
    const { link, timers } = open(async () => {
      probes += 1;
      if (!reached) throw new Error('No way there.');
    });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    link.start();
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 1, up: true });
    timers.move(9_000);
    link.saw(true);
    await settled();
    timers.move(9_000);
    await settled();
    expect(probes).toBe(1);
    reached = false;
    timers.move(1_000);
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 2, up: true });
    timers.move(1_000);
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 3, up: false });
    reached = true;
    timers.move(1_000);
    await settled();
    timers.move(1_000);
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 5, up: true });
  });

  it('that a call makes doubtful is probed soon, not when it has been quiet for long; the call itself is no sign', async () => {
    let probes = 0;
    const { link, timers } = open(async () => {
      probes += 1;
      if (probes > 1) throw new Error('No way there.');
    });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    link.start();
    await settled();
    link.doubt();
    await settled();
    timers.move(1_000);
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 2, up: true });
    timers.move(1_000);
    await settled();
    expect({ probes, up: link.up }).toEqual({ probes: 3, up: false });
  });
});
