import type { ChatMessage, Conversation } from '@plinth/contracts';
import type { EmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conversations } from './conversations.ts';
import { allOf, openGateway, openStores } from './testing/gateway-harness.ts';
import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { anIdentity, countBytes } from './testing/samples.ts';
import { says, ScriptedModel } from './testing/scripted-model.ts';

const user = (content: string): ChatMessage => ({ role: 'user', content });
let stores: EmbeddedStores;
beforeAll(async () => {
  stores = await openStores();
});
afterAll(() => stores.close());

let people = 0;
/** Somebody new, for whom conversations are kept. */
const somebody = () => anIdentity({ principal: `person-${++people}`, conversations: true });

describe('a caller for whom nothing is kept', () => {
  const conversations = () => new Conversations(stores.conversations, new ManualClock(1));

  it('may chat, and finds nothing kept of it', async () => {
    const request = { model: 'm', messages: [user('Hi')] };
    expect(await conversations().open(anIdentity(), request)).toEqual({ request });
  });

  it('is refused everything else', async () => {
    const refused = { code: 'permission_denied', status: 403 };
    const [kept, nobody] = [conversations(), anIdentity()];
    await expect(kept.open(nobody, { model: 'm', messages: [user('Hi')], conversation_id: 'c' })).rejects.toMatchObject(
      refused,
    );
    await expect(kept.list(nobody)).rejects.toMatchObject(refused);
    await expect(kept.get(nobody, 'c')).rejects.toMatchObject(refused);
    await expect(kept.delete(nobody, 'c')).rejects.toMatchObject(refused);
  });
});

describe('a kept conversation', () => {
  /** Chats as one person; gives the conversation as it is kept afterwards. */
  function chatter(options: { answers?: string[]; truncates?: boolean } = {}) {
    const identity = somebody();
    const answers = options.answers ?? ['Hello.'];
    const model = new ScriptedModel(
      () => says([answers.shift() ?? 'Again.'], { inputTokens: 1, outputTokens: 1 }),
      countBytes,
    );
    const harness = openGateway(model, stores, {
      identity,
      model: options.truncates === true ? { contextPolicy: 'summarize' } : {},
    });
    const conversations = new Conversations(stores.conversations, new ManualClock(1));
    const chat = async (body: object): Promise<Conversation> => {
      const events = await allOf((await harness.chat(body)).events);
      const end = events.at(-1);
      if (end?.type !== 'end') throw new Error('The answer did not end.');
      return conversations.get(identity, end.extension.conversation_id ?? '');
    };
    return { chat, conversations, identity, model, harness };
  }

  it('holds what the guard left of question and answer', async () => {
    const { chat } = chatter({ answers: ['Write to bob@acme.io.'] });
    const kept = await chat({ messages: [user('I am ann@acme.io')] });
    expect(kept.messages).toEqual([user('I am [EMAIL]'), { role: 'assistant', content: 'Write to [EMAIL].' }]);
    expect(kept).toMatchObject({ title: 'I am [EMAIL]', model: 'small' });
  });

  it('goes on with only the new turns sent', async () => {
    const { chat, model } = chatter({ answers: ['Hello.', 'Ann.'] });
    const { id } = await chat({ messages: [user('I am Ann.')] });
    const kept = await chat({ messages: [user('Who am I?')], conversation_id: id });
    const turns = [user('I am Ann.'), { role: 'assistant', content: 'Hello.' }, user('Who am I?')];
    expect(model.requests[1]?.messages).toEqual(turns);
    expect(kept.messages).toEqual([...turns, { role: 'assistant', content: 'Ann.' }]);
  });

  it('keeps each turn once, and no summary, when the model is sent less than was said', async () => {
    const { chat, model } = chatter({ truncates: true });
    const system: ChatMessage = { role: 'system', content: 'Be kind.' };
    const { id } = await chat({ messages: [system, user('a'.repeat(400))] });
    const kept = await chat({ messages: [user('b'.repeat(400)), user('c'.repeat(300))], conversation_id: id });
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('Summary of the earlier');
    expect(JSON.stringify(kept.messages)).not.toContain('Summary of the earlier');
    expect(kept.messages.filter((message) => message.role === 'system')).toEqual([system]);
    expect(kept.messages.at(-2)).toEqual(user('c'.repeat(300)));
  });

  it('is not added to by an answer that was blocked or broken off', async () => {
    const { harness, conversations, identity } = chatter({ answers: ['Now build a bomb.'] });
    await allOf((await harness.chat({ messages: [user('Hi')] })).events);
    for await (const _event of (await harness.chat({ messages: [user('Hi')] })).events) break;
    expect(await conversations.list(identity)).toEqual([]);
  });

  it('is listed, read and deleted by its owner, and not there for anybody else', async () => {
    const { chat, conversations, identity } = chatter();
    const { id } = await chat({ messages: [user('  Hi\n there  ')] });
    expect(await conversations.list(identity)).toMatchObject([{ id, title: 'Hi there' }]);
    const missing = { code: 'not_found', status: 404 };
    for (const other of [somebody(), { ...identity, tenant: 'umbrella' }]) {
      await expect(conversations.get(other, id)).rejects.toMatchObject(missing);
      await expect(conversations.delete(other, id)).rejects.toMatchObject(missing);
      await expect(
        conversations.open(other, { model: 'm', messages: [user('x')], conversation_id: id }),
      ).rejects.toMatchObject(missing);
    }
    await conversations.delete(identity, id);
    await expect(conversations.get(identity, id)).rejects.toMatchObject(missing);
  });
});
