import { describe, expect, it } from 'vitest';
import { fakeEndpoint } from '../../testing/fake-endpoint.ts';
import { failuresIn, firstFailures } from './failures.ts';

const refused = (id: string) => ({
  custom_id: id,
  response: { status_code: 400, request_id: 'r', body: { error: { code: 'content_blocked', message: 'Blocked.' } } },
  error: null,
});
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('the start of an error file', () => {
  it('reads refusals and requests that had no answer, and passes over what it cannot read', () => {
    const unanswered = { custom_id: 'b', response: null, error: { code: 'batch_expired', message: 'Out of time.' } };
    expect(failuresIn({ text: `${lines(refused('a'), unanswered)}{"cut\n[]\n`, cut: false })).toEqual({
      first: [
        { customId: 'a', code: 'content_blocked', message: 'Blocked.', status: 400 },
        { customId: 'b', code: 'batch_expired', message: 'Out of time.', status: undefined },
      ],
      more: false,
    });
  });

  it('shows twenty lines at most and says that there are more', () => {
    const text = lines(...Array.from({ length: 21 }, (_, n) => refused(`r-${n}`)));
    expect(failuresIn({ text, cut: false })).toMatchObject({ more: true, first: { length: 20 } });
    expect(failuresIn({ text: lines(refused('a')).slice(0, -9), cut: true })).toEqual({ first: [], more: true });
  });

  it.each([
    [true, 206],
    [false, 200],
  ])(
    'asks for no more than that, and stops reading where it is sent more (range honoured: %s)',
    async (honours, status) => {
      let pulled = 0;
      let cancelled = false;
      const chunk = new TextEncoder().encode(lines(refused('x'.repeat(1_900))));
      const { endpoint } = fakeEndpoint(
        () =>
          new Response(
            new ReadableStream({
              pull(controller) {
                pulled += 1;
                controller.enqueue(chunk);
                if (honours && pulled * chunk.length >= 65_536) controller.close();
              },
              cancel: () => void (cancelled = true),
            }),
            { status, headers: honours ? { 'content-range': 'bytes 0-65535/900000' } : {} },
          ),
      );
      const found = await firstFailures(endpoint, 'k', 'file-1', new AbortController().signal);
      expect(found).toMatchObject({ more: true, first: { length: 20 } });
      expect(pulled).toBeLessThan(50);
      expect(cancelled).toBe(!honours);
    },
  );
});
