import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { EventQueue } from './event-queue.ts';
import type { ModelEvent } from './model-client.ts';

const never = new AbortController().signal;
const source = () => ({ start: vi.fn(), resume: vi.fn(), cancel: vi.fn() });
const text = (value: string): ModelEvent => ({ type: 'text', text: value });

it('hands over all text once and in order, however pushes and pulls interleave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (steps) => {
      const queue = new EventQueue(source(), never);
      const pulls: Promise<IteratorResult<ModelEvent>>[] = [];
      let pushed = 0;
      for (const isPush of steps) {
        if (isPush) queue.push(text(`${pushed++} `));
        else pulls.push(queue.next());
      }
      queue.push({ type: 'end', reason: 'stop' });
      const seen = (await Promise.all(pulls))
        .filter(({ done }) => done !== true)
        .map(({ value }) => value as ModelEvent);
      for await (const event of queue) seen.push(event);
      expect(seen.pop()).toEqual({ type: 'end', reason: 'stop' });
      const expected = Array.from({ length: pushed }, (_, index) => `${index} `).join('');
      expect(seen.map((event) => (event.type === 'text' ? event.text : `?${event.type}`)).join('')).toBe(expected);
    }),
  );
});

it('hands over as one piece the text that waited together, and nothing across another event', async () => {
  const queue = new EventQueue(source(), never);
  const first = queue.next();
  const call: ModelEvent = { type: 'tool-call', index: 0, id: 'c', name: 'clock', arguments: '' };
  for (const event of [text('at once'), text('a'), text('b'), call, text('c')]) queue.push(event);
  queue.push({ type: 'end', reason: 'stop' });
  const seen = [(await first).value];
  for await (const event of queue) seen.push(event);
  expect(seen).toEqual([text('at once'), text('ab'), call, text('c'), { type: 'end', reason: 'stop' }]);
});

it('starts its source at the first pull and not before', async () => {
  const idle = source();
  const queue = new EventQueue(idle, never);
  expect(idle.start).not.toHaveBeenCalled();
  queue.push(text('a'));
  await queue.next();
  await queue.return();
  expect(idle.start).toHaveBeenCalledTimes(1);
});

it('says when it is full and calls resume once most is taken', async () => {
  const slow = source();
  const queue = new EventQueue(slow, never);
  let pushed = 0;
  while (!queue.isFull) {
    queue.push({ type: 'tool-call', index: 0, arguments: 'x'.repeat(1_000) });
    pushed += 1;
  }
  expect(pushed).toBeLessThan(70);
  await queue.next();
  expect(slow.resume).not.toHaveBeenCalled();
  for (let taken = 1; taken < pushed; taken += 1) await queue.next();
  expect(slow.resume).toHaveBeenCalledTimes(1);
});

it('cancels its source when the consumer leaves, and takes nothing after that', async () => {
  const left = source();
  const queue = new EventQueue(left, never);
  queue.push(text('a'));
  await queue.next();
  await queue.return();
  queue.push(text('late'));
  expect(left.cancel).toHaveBeenCalledTimes(1);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

it('lets a paused source go on when the consumer leaves after the last event has come', async () => {
  const paused = source();
  const queue = new EventQueue(paused, never);
  queue.push(text('x'.repeat(100_000)));
  queue.push({ type: 'end', reason: 'stop' });
  expect(queue.isFull).toBe(true);
  await queue.return();
  expect(paused.resume).toHaveBeenCalledTimes(1);
  expect(paused.cancel).not.toHaveBeenCalled();
});

it('drops what comes after the last event', async () => {
  const queue = new EventQueue(source(), never);
  queue.push({ type: 'end', reason: 'stop' });
  queue.push(text('late'));
  expect(await queue.next()).toMatchObject({ value: { type: 'end' } });
  expect(await queue.next()).toMatchObject({ done: true });
});

it('ends an aborted stream where its consumer stands, whatever was read ahead', async () => {
  const controller = new AbortController();
  const ahead = source();
  const queue = new EventQueue(ahead, controller.signal);
  queue.push(text('a'));
  queue.push(text('b'));
  queue.push({ type: 'end', reason: 'stop' });
  await queue.next();
  controller.abort();
  expect(await queue.next()).toMatchObject({ value: { type: 'error', error: { code: 'client_closed' } } });
  expect(await queue.next()).toMatchObject({ done: true });
  expect(ahead.cancel).toHaveBeenCalledTimes(1);
});

it('lets a stream that has ended stay ended after an abort', async () => {
  const controller = new AbortController();
  const queue = new EventQueue(source(), controller.signal);
  queue.push({ type: 'end', reason: 'stop' });
  await queue.next();
  controller.abort();
  expect(await queue.next()).toMatchObject({ done: true });
});
