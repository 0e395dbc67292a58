import { PlatformError } from '@plinth/contracts';
import { says, type Script } from '@plinth/gateway/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { keptIn, openSite, type TestSite } from '../testing/site-harness.ts';

let site: TestSite;
afterEach(() => site.close());

it('tries a request again soon after a call that took its time to fail, though nothing else comes', async () => {
  let fail = () => {};
  const failing: Script = [
    () => new Promise<void>((resolve) => (fail = resolve)),
    { type: 'error', error: new PlatformError('upstream_failed', 'No connection.') },
  ];
  const scripts = [failing];
  site = await openSite(() => scripts.shift() ?? says(['at last']));
  const { id } = keptIn(await site.chat({}, { respondAsync: true }));
  const looks = vi.spyOn(site.stores.outbox, 'waiting');
  site.link.up = true;
  site.delivery.start();
  await vi.waitFor(() => expect(site.large.requests).toHaveLength(1));
  // It is known that nothing else waits.
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(1));
  fail();
  await vi.waitFor(async () => expect((await site.outbox.get(site.identity, id)).item.status).toBe('completed'));
});
