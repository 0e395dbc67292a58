import { describe, expect, it } from 'vitest';
import { Patience } from './patience.ts';
import type { CallOp, ReserveOp, SettleOp } from './protocol.ts';
import { CALL, RESERVE, SETTLE } from './protocol.ts';

const reserve: ReserveOp = [RESERVE, 0, 'r', 't', '', '', '', 1, 1, 1, 1_000];
const settle: SettleOp = [SETTLE, 0, 'r', 't', 1, 1, 1];
const call: CallOp = [CALL, 'usage'];

function withRequestsUnderWay(count: number): Patience {
  const patience = new Patience();
  for (let index = 0; index < count; index++) patience.admitted();
  return patience;
}

describe('patience', () => {
  it('waits for nobody while no other request is under way', () => {
    const patience = withRequestsUnderWay(1);
    patience.arrived(settle, 100);
    expect(patience.until).toBe(Number.NEGATIVE_INFINITY);
  });

  it('lets the end of a request wait longer than a beginning, and a question not at all', () => {
    const patience = withRequestsUnderWay(3);
    patience.arrived(settle, 100);
    expect(patience.until).toBe(108);
    patience.arrived(reserve, 103);
    expect(patience.until).toBe(105);
    patience.arrived(call, 104);
    expect(patience.until).toBe(104);
  });

  it('gives up on company that never comes, and looks again from time to time', () => {
    const patience = withRequestsUnderWay(1);
    let waited = 0;
    for (let batch = 0; batch < 320; batch++) {
      const now = batch * 100;
      patience.arrived(reserve, now);
      const due = patience.until;
      if (due > now) waited++;
      patience.sent(Math.max(now, due), false);
    }
    expect(waited).toBeGreaterThan(10);
    expect(waited).toBeLessThan(20);
  });

  it('goes on waiting where it pays', () => {
    const patience = withRequestsUnderWay(1);
    for (let batch = 0; batch < 100; batch++) {
      const now = batch * 100;
      patience.arrived(reserve, now);
      patience.arrived(reserve, now + 1);
      expect(patience.until).toBe(now + 2);
      patience.sent(now + 2, false);
    }
  });

  it('keeps what a full batch left behind no longer', () => {
    const patience = withRequestsUnderWay(1);
    patience.arrived(reserve, 100);
    patience.sent(101, true);
    expect(patience.until).toBe(101);
  });
});
