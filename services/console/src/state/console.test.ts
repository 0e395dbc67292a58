import { describe, expect, it } from 'vitest';
import { addressBar } from '../testing/address-bar.ts';
import { errorResponse, fakeEndpoint, fedStream, lastChunk, sse, textChunk } from '../testing/fake-endpoint.ts';
import type { Sent } from '../testing/fake-endpoint.ts';
import { createConsole } from './console.ts';
import { memoryStore } from './preferences.ts';

type Chat = (sent: Sent) => Response | Promise<Response>;

interface Platform {
  chat?: Chat;
  keeps?: boolean;
}

const MODELS = {
  object: 'list',
  data: [{ id: 'small', owned_by: 'us', context_length: 4096 }, { id: 'large' }, { nothing: 1 }],
};

function open(
  { chat = () => sse(textChunk('Hi'), lastChunk(), '[DONE]'), keeps = false }: Platform = {},
  session = memoryStore(),
  local = memoryStore(),
) {
  const fake = fakeEndpoint((sent) => {
    if (sent.key !== 'Bearer good') return errorResponse(401, 'invalid_api_key');
    if (sent.path === '/v1/models') return Response.json(MODELS);
    if (sent.path === '/v1/chat/completions') return chat(sent);
    if (!keeps) return errorResponse(403, 'permission_denied');
    if (sent.method === 'DELETE') return Response.json({ deleted: true });
    if (sent.path === '/v1/conversations') {
      return Response.json({
        object: 'list',
        data: [
          { id: 'old', title: 'Old', model: 'large', updated_at: 1_700_000_000 },
          { id: 'new', title: '', updated_at: 1_760_000_000_000 },
        ],
      });
    }
    return Response.json({
      id: 'old',
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: [{ type: 'text', text: 'a' }] },
      ],
    });
  });
  const page = createConsole({
    endpoint: fake.endpoint,
    frames: (run) => (run(), () => undefined),
    address: addressBar(),
    session,
    local,
  });
  const chats = () =>
    fake.sent.filter(({ path }) => path === '/v1/chat/completions').map(({ body }) => body as Record<string, unknown>);
  return { page, session, local, chats, ...fake };
}

async function ask(page: ReturnType<typeof open>['page'], text: string): Promise<void> {
  page.draft.value = text;
  await page.send();
}

const lastAnswer = (page: ReturnType<typeof open>['page']) => page.chat.exchanges.value.at(-1)?.answer.value;

describe('signing in', () => {
  it('takes a good key, trimmed, and keeps it for this tab only', async () => {
    const { page, session, local } = open();
    await page.signIn('  good \n');
    expect(page.account.value.status).toBe('signed-in');
    expect(page.models.value.map(({ id }) => id)).toEqual(['small', 'large']);
    expect(session.getItem('plinth.key')).toBe('good');
    expect(local.getItem('plinth.key')).toBeNull();
  });

  it('says in words that a key is wrong, and forgets it', async () => {
    const session = memoryStore();
    session.setItem('plinth.key', 'stale');
    const { page } = open({}, session);
    await page.resume();
    expect(page.account.value).toMatchObject({
      status: 'signed-out',
      problem: { title: 'This key was not accepted.' },
    });
    expect(session.getItem('plinth.key')).toBeNull();
  });

  it('keeps the key when the platform could not be asked', async () => {
    const session = memoryStore();
    session.setItem('plinth.key', 'good');
    const { endpoint } = fakeEndpoint(() => Promise.reject(new TypeError('Failed to fetch')));
    const page = createConsole({
      endpoint,
      address: addressBar(),
      frames: () => () => undefined,
      session,
      local: memoryStore(),
    });
    await page.resume();
    expect(page.account.value).toMatchObject({ status: 'signed-out', problem: { code: 'unreachable' } });
    expect(session.getItem('plinth.key')).toBe('good');
  });

  it('forgets everything on sign out, and stops what streams', async () => {
    const { page, session, sent } = open({ chat: ({ signal }) => fedStream(signal).response });
    await page.signIn('good');
    const running = ask(page, 'hello');
    page.signOut();
    await running;
    expect(sent.at(-1)?.signal.aborted).toBe(true);
    expect(session.getItem('plinth.key')).toBeNull();
    expect(page.chat.exchanges.value).toEqual([]);
    expect(page.chat.totals.value.answers).toBe(0);
  });
});

describe('chatting', () => {
  it('sends the settings, streams the answer and adds up what it took', async () => {
    const { page, chats, local } = open();
    await page.signIn('good');
    page.chooseModel('large');
    page.changeSettings({ temperature: 0.2, maxTokens: 50, instructions: 'be brief' });
    await ask(page, ' hello ');
    await ask(page, 'again');
    expect(chats()[0]).toMatchObject({ model: 'large', temperature: 0.2, max_tokens: 50 });
    expect(chats()[1]?.messages).toHaveLength(4);
    expect(lastAnswer(page)).toMatchObject({ status: 'done', text: 'Hi' });
    expect(page.chat.totals.value).toMatchObject({ answers: 2, promptTokens: 20, completionTokens: 8, costUsd: 0.004 });
    expect(local.getItem('plinth.model')).toBe('large');
    page.newChat();
    expect(page.chat.exchanges.value).toEqual([]);
    expect(page.chat.totals.value.answers).toBe(2);
  });

  it('sends nothing while an answer is on its way, and keeps the draft', async () => {
    const { page, chats } = open({ chat: ({ signal }) => fedStream(signal).response });
    await page.signIn('good');
    const running = ask(page, 'one');
    await ask(page, 'two');
    expect(page.draft.value).toBe('two');
    page.chat.stop();
    await running;
    expect(chats()).toHaveLength(1);
    expect(lastAnswer(page)?.status).toBe('stopped');
  });

  it('keeps what came before a stop, and counts the answer as unfinished', async () => {
    const { page } = open({
      chat: ({ signal }) => {
        const stream = fedStream(signal);
        stream.send(textChunk('part'));
        return stream.response;
      },
    });
    await page.signIn('good');
    const running = ask(page, 'one');
    while (lastAnswer(page)?.text !== 'part') await new Promise(setImmediate);
    page.chat.stop();
    await running;
    expect(lastAnswer(page)).toMatchObject({ status: 'stopped', text: 'part' });
    expect(page.chat.totals.value).toMatchObject({ answers: 0, uncounted: 1 });
    expect(page.chat.live.value).toBeUndefined();
  });

  it('asks again in place of a failed answer', async () => {
    let calls = 0;
    const { page, chats } = open({
      chat: () => {
        calls += 1;
        return calls === 1
          ? errorResponse(429, 'rate_limit_exceeded', { 'retry-after': '7' })
          : sse(textChunk('Now'), lastChunk(), '[DONE]');
      },
    });
    await page.signIn('good');
    await ask(page, 'one');
    expect(lastAnswer(page)).toMatchObject({ status: 'failed', problem: { retryAt: 8_000 } });
    await page.tryAgain();
    expect(page.chat.exchanges.value).toHaveLength(1);
    expect(lastAnswer(page)).toMatchObject({ status: 'done', text: 'Now' });
    expect(chats()[1]?.messages).toEqual([{ role: 'user', content: 'one' }]);
  });

  it('does not let an answer to an old chat into a new one', async () => {
    const { page } = open({ chat: ({ signal }) => fedStream(signal).response });
    await page.signIn('good');
    const running = ask(page, 'one');
    page.newChat();
    expect(page.chat.live.value).toBeUndefined();
    await running;
    expect(page.chat.exchanges.value).toEqual([]);
    expect(page.chat.conversationId.value).toBeUndefined();
  });
});

describe('kept conversations', () => {
  it('are not on the page where the platform keeps none', async () => {
    const { page } = open();
    await page.signIn('good');
    expect(page.kept.list.value).toBeUndefined();
    expect(page.kept.problem.value).toBeUndefined();
  });

  it('are listed newest first, opened, continued with only what is new, and deleted', async () => {
    const { page, chats } = open({
      keeps: true,
      chat: () => sse(textChunk('Hi'), lastChunk({ conversation_id: 'old' }), '[DONE]'),
    });
    await page.signIn('good');
    expect(page.kept.list.value?.map(({ id, title }) => [id, title])).toEqual([
      ['new', 'Untitled'],
      ['old', 'Old'],
    ]);
    const entry = page.kept.list.value?.[1];
    if (entry === undefined) throw new Error('The list is empty.');
    await page.openConversation(entry);
    expect(page.model.value?.id).toBe('large');
    expect(page.chat.exchanges.value.map(({ prompt, answer }) => [prompt, answer.value.text])).toEqual([['q', 'a']]);
    await ask(page, 'more');
    await ask(page, 'and more');
    expect(chats()[0]).toMatchObject({ conversation_id: 'old', messages: [{ role: 'user', content: 'more' }] });
    expect(chats()[1]).toMatchObject({ conversation_id: 'old', messages: [{ role: 'user', content: 'and more' }] });
    await page.deleteConversation(entry);
    expect(page.kept.list.value?.map(({ id }) => id)).toEqual(['new']);
    expect(page.chat.exchanges.value).toEqual([]);
  });

  it('sends instructions once to a conversation that keeps them, and again when they change', async () => {
    const { page, chats } = open({
      keeps: true,
      chat: () => sse(textChunk('Hi'), lastChunk({ conversation_id: 'c' }), '[DONE]'),
    });
    await page.signIn('good');
    page.changeSettings({ instructions: 'x' });
    await ask(page, '1');
    await ask(page, '2');
    page.changeSettings({ instructions: 'y' });
    await ask(page, '3');
    expect(chats().map(({ messages }) => (messages as unknown[]).length)).toEqual([2, 1, 2]);
  });
});
