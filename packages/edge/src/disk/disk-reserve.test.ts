import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { DiskReserve, freeBytes } from './disk-reserve.ts';

describe('the reserve of a disk', () => {
  it('is kept: what comes when less is free is refused as retryable', async () => {
    let free = 100;
    const reserve = new DiskReserve({ free: async () => free, reserveBytes: 100, everyMs: 0 });
    await reserve.check();
    free = 99;
    await expect(reserve.check()).rejects.toMatchObject({ code: 'disk_full', status: 503, retryAfterSeconds: 60 });
    free = 100;
    await reserve.check();
  });

  it('is looked at now and then, not for every request', async () => {
    let [looks, time] = [0, 0];
    const free = async () => 100 + looks++;
    const reserve = new DiskReserve({ free, reserveBytes: 1, now: () => time });
    await Promise.all([reserve.check(), reserve.check()]);
    time = 499;
    await reserve.check();
    expect(looks).toBe(1);
    time = 500;
    await reserve.check();
    expect(looks).toBe(2);
  });

  it('is counted on the volume of a folder, which has to be there', async () => {
    expect(await freeBytes(tmpdir())).toBeGreaterThan(0);
    await expect(freeBytes('/no such folder')).rejects.toMatchObject({ code: 'storage_failed' });
  });
});
