import { describe, expect, it } from 'vitest';
import { EventChannel } from './event-channel.ts';

describe('EventChannel', () => {
  it('keeps what a slow reader has not read yet, then ends', async () => {
    const channel = new EventChannel<number>();
    channel.push(1);
    channel.push(2);
    channel.end();
    const read: number[] = [];
    for await (const value of channel) read.push(value);
    expect(read).toEqual([1, 2]);
  });

  it('hands over what came before a failure, then the failure', async () => {
    const channel = new EventChannel<number>();
    channel.push(1);
    channel.fail(new Error('broken'));
    expect(await channel.next()).toEqual({ value: 1, done: false });
    await expect(channel.next()).rejects.toThrow('broken');
  });

  it('tells the producer when the reader leaves', async () => {
    const channel = new EventChannel<number>();
    channel.push(1);
    for await (const _ of channel) break;
    expect(channel.abandoned.aborted).toBe(true);
    expect(await channel.next()).toEqual({ value: undefined, done: true });
  });
});
