import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SiteWorld } from './testing/site-world.ts';
import { mountSmallVolume, type SmallVolume } from './testing/small-volume.ts';

const MEGABYTES = 64;
/** More than twice what SQLite's log grows to on a site before it is folded back. */
const RESERVE = 40 * 1024 * 1024;
const LONG = 'x'.repeat(40_000);
const LATER = { prefer: 'respond-async' };

const found = mountSmallVolume(MEGABYTES);
if (typeof found === 'string') console.log(`Skipped: ${found}`);
else found.unmount();

let volume: SmallVolume;
let world: SiteWorld;
async function open(reserveBytes: number): Promise<void> {
  volume = mountSmallVolume(MEGABYTES) as SmallVolume;
  world = await SiteWorld.open({ folder: join(volume.folder, 'records'), reserveBytes });
  world.link.mode = { kind: 'cut' };
  await world.start();
}
afterEach(async () => {
  await world.close();
  volume.unmount();
});

/** Leaves large requests until one is refused. @returns What was acknowledged, by id, and the refusal. */
async function fill(): Promise<{ readonly kept: Map<string, string>; readonly refusal: unknown }> {
  const kept = new Map<string, string>();
  for (let number = 0; ; number++) {
    const said = Array.from({ length: 8 }, (_, each) => `item ${number}-${each}`);
    const answers = await Promise.all(said.map((name) => world.ask('far', `${name} ${LONG}`, LATER)));
    for (const [each, answer] of answers.entries()) if (answer?.status === 202) kept.set(answer.body.id, said[each]!);
    const refused = answers.find((answer) => answer?.status !== 202);
    if (refused !== undefined) return { kept, refusal: refused };
  }
}

async function expectAllDelivered(kept: ReadonlyMap<string, string>): Promise<void> {
  for (const [id, said] of kept)
    await vi.waitFor(
      async () => {
        const seen = await world.look(id);
        expect(seen?.body).toMatchObject({
          status: 'completed',
          response: { choices: [{ message: { content: `answer to ${said}` } }] },
        });
      },
      { timeout: 30_000, interval: 20 },
    );
}

describe.skipIf(typeof found === 'string')('a site whose disk fills up', () => {
  it(
    'takes nothing new while there is room to finish what it has, finishes it, and takes again',
    { timeout: 180_000 },
    async () => {
      await open(RESERVE);
      const { kept, refusal } = await fill();
      expect(kept.size).toBeGreaterThan(100);
      expect(refusal).toMatchObject({ status: 503, body: { error: { code: 'disk_full', retryable: true } } });
      expect(await world.ask('near', 'hello')).toMatchObject({ status: 503, body: { error: { code: 'disk_full' } } });
      // What was acknowledged survives a kill on the full disk, and there is room for every answer.
      await world.killAndStart();
      world.link.mode = { kind: 'open' };
      await expectAllDelivered(kept);
      expect(world.far.repeated).toBe(0);
      await vi.waitFor(async () => expect(await world.ask('near', 'hello')).toMatchObject({ status: 200 }), {
        timeout: 10_000,
      });
    },
  );

  it('loses nothing it acknowledged where somebody else takes the last byte', { timeout: 180_000 }, async () => {
    await open(0);
    const ballast = join(volume.folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(56 * 1024 * 1024));
    const { kept, refusal } = await fill();
    expect(kept.size).toBeGreaterThan(10);
    expect(refusal).toMatchObject({ status: 503, body: { error: { code: 'disk_full', retryable: true } } });
    world.link.mode = { kind: 'open' };
    rmSync(ballast);
    await world.killAndStart();
    await expectAllDelivered(kept);
    const stores = await world.stores();
    expect(await stores.audit.verify()).toMatchObject({ ok: true });
    await stores.close();
  });
});
