import type { ChatMessage } from '@plinth/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationStore } from '../ports/conversation-store.ts';
import { fresh } from './ledger-harness.ts';

export interface ConversationHarness {
  readonly conversations: ConversationStore;
  close(): Promise<void>;
}

const said = (content: string): ChatMessage => ({ role: 'user', content });

/** What every store of conversations must do. */
export function conversationStoreContract(name: string, open: () => Promise<ConversationHarness>): void {
  describe(`${name} as a store of conversations`, () => {
    let harness: ConversationHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(async () => harness.close());
    const owner = () => ({ tenant: fresh('t'), principal: 'user:ann@example.com/#1' });
    const turn = (at: number, ...messages: ChatMessage[]) => ({ messages, model: 'm', title: `at ${at}`, at });

    it('keeps turns in order, under the title of the first', async () => {
      const ann = owner();
      await harness.conversations.append(ann, 'c1', turn(10, said('one'), { role: 'assistant', content: 'two' }));
      await harness.conversations.append(ann, 'c1', { ...turn(20, said('three')), model: 'n' });
      const summary = { id: 'c1', ...ann, title: 'at 10', model: 'n', createdAt: 10, updatedAt: 20 };
      expect(await harness.conversations.get(ann, 'c1')).toEqual({
        ...summary,
        messages: [said('one'), { role: 'assistant', content: 'two' }, said('three')],
      });
      expect(await harness.conversations.list(ann)).toEqual([summary]);
    });

    it('lists newest first, page by page', async () => {
      const ann = owner();
      for (const at of [30, 10, 50, 20, 40]) await harness.conversations.append(ann, `c${at}`, turn(at, said('x')));
      const first = await harness.conversations.list(ann, { limit: 2 });
      expect(first.map(({ id }) => id)).toEqual(['c50', 'c40']);
      const rest = await harness.conversations.list(ann, { before: first[1]!.updatedAt });
      expect(rest.map(({ id }) => id)).toEqual(['c30', 'c20', 'c10']);
    });

    it('keeps both turns of two callers at once', async () => {
      const ann = owner();
      const texts = Array.from({ length: 12 }, (_, index) => `turn ${index}`);
      await Promise.all(texts.map((text) => harness.conversations.append(ann, 'c', turn(1, said(text)))));
      const kept = await harness.conversations.get(ann, 'c');
      expect(kept!.messages.map(({ content }) => content).sort()).toEqual([...texts].sort());
    });

    it("shows nobody another principal's conversation", async () => {
      const ann = owner();
      const bob = { ...ann, principal: 'bob' };
      await harness.conversations.append(ann, 'c', turn(1, said('secret')));
      expect(await harness.conversations.get(bob, 'c')).toBeUndefined();
      expect(await harness.conversations.list(bob)).toEqual([]);
      expect(await harness.conversations.delete(bob, 'c')).toBe(false);
      await harness.conversations.append(bob, 'c', turn(2, said('mine')));
      expect((await harness.conversations.get(ann, 'c'))!.messages).toEqual([said('secret')]);
    });

    it('deletes for good: one begun again under the same id is empty', async () => {
      const ann = owner();
      for (let index = 0; index < 30; index++)
        await harness.conversations.append(ann, 'c', turn(index, said(`${index}`)));
      expect(await harness.conversations.delete(ann, 'c')).toBe(true);
      expect(await harness.conversations.delete(ann, 'c')).toBe(false);
      expect(await harness.conversations.get(ann, 'c')).toBeUndefined();
      await harness.conversations.append(ann, 'c', turn(99, said('new')));
      expect((await harness.conversations.get(ann, 'c'))!.messages).toEqual([said('new')]);
    });

    it('bounds what one conversation may hold, in words', async () => {
      const ann = owner();
      const long = said('x'.repeat(150_000));
      await harness.conversations.append(ann, 'c', turn(1, long));
      await harness.conversations.append(ann, 'c', turn(2, long));
      const refused = { code: 'request_too_large', message: expect.stringContaining('400 KB') };
      await expect(harness.conversations.append(ann, 'c', turn(3, long))).rejects.toMatchObject(refused);
      await expect(harness.conversations.append(ann, 'd', turn(3, long, long, long))).rejects.toMatchObject(refused);
      await harness.conversations.append(ann, 'c', turn(4, said('a short one fits')));
      expect((await harness.conversations.get(ann, 'c'))!.messages).toHaveLength(3);
      await expect(harness.conversations.append(ann, 'i'.repeat(65), turn(1, said('x')))).rejects.toMatchObject({
        code: 'invalid_request',
      });
    });
  });
}
