import { describe, expect, it } from 'vitest';
import { ArrivalQueue } from './arrival-queue.ts';

const PATIENT = { timeoutMs: 60_000 };

describe('the queue in front of the embedded database', () => {
  it('lets one in at a time, in order of arrival', async () => {
    const queue = new ArrivalQueue({ limit: 10 });
    const log: string[] = [];
    const visit = async (name: string) => {
      const leave = await queue.enter(PATIENT);
      log.push(`${name} in`);
      await Promise.resolve();
      log.push(`${name} out`);
      leave();
    };
    await Promise.all(['a', 'b', 'c'].map(visit));
    expect(log).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('refuses at once when too many wait, and when one has waited too long', async () => {
    const queue = new ArrivalQueue({ limit: 1 });
    const leave = await queue.enter(PATIENT);
    const waited = expect(queue.enter({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'overloaded' });
    await expect(queue.enter(PATIENT)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    await waited;
    leave();
    (await queue.enter(PATIENT))();
  });

  it('passes over who left while waiting, and counts one leave once', async () => {
    const queue = new ArrivalQueue({ limit: 10 });
    const leave = await queue.enter(PATIENT);
    const reason = new Error('left');
    const leaving = new AbortController();
    const gone = expect(queue.enter({ ...PATIENT, signal: leaving.signal })).rejects.toBe(reason);
    const next = queue.enter(PATIENT);
    leaving.abort(reason);
    await gone;
    leave();
    leave();
    const other = queue.enter({ timeoutMs: 5 });
    const leaveNext = await next;
    await expect(other).rejects.toMatchObject({ code: 'overloaded' });
    leaveNext();
  });
});
