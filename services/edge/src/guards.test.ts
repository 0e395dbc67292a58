import type { ChatCall, ChatGateway, Guard } from '@plinth/gateway';
import { anIdentity } from '@plinth/gateway/testing';
import { describe, expect, it } from 'vitest';
import { gatewayByData, guardByLink } from './guards.ts';

const gateway = (taken: string[], name: string): ChatGateway =>
  (async () => void taken.push(name)) as unknown as ChatGateway;
const call = (body: unknown): ChatCall => ({
  requestId: 'r',
  authorization: 'Bearer k',
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  controller: new AbortController(),
});

describe('a request', () => {
  it.each([
    ['near', true, {}],
    ['near', false, { route: { data: 'local' } }],
    ['usual', false, { route: { data: 'any' } }],
    ['usual', false, {}],
    ['usual', false, 'no json'],
    ['usual', false, 'null'],
  ] as const)('takes the %s path when its key holds data: %s, and it says %j', async (path, dataStays, body) => {
    const taken: string[] = [];
    const identify = async () => ({ ...anIdentity(), dataStays });
    await gatewayByData(identify, gateway(taken, 'usual'), gateway(taken, 'near'))(call(body));
    expect(taken).toEqual([path]);
  });

  it('of nobody is left to the path to refuse, which keeps a record of it', async () => {
    const taken: string[] = [];
    const identify = () => Promise.reject(new Error('Nobody.'));
    await gatewayByData(identify, gateway(taken, 'usual'), gateway(taken, 'near'))(call({}));
    expect(taken).toEqual(['usual']);
  });
});

it('a guard at the centre is asked while there is a link, and the one on site without', () => {
  const link = { up: true };
  const guard = (name: string, leavesSite: boolean) =>
    ({ leavesSite, checkInput: () => name, openOutput: () => name }) as unknown as Guard;
  const both = guardByLink(link, guard('online', true), guard('local', false));
  const { signal } = new AbortController();
  const asked = () => [both.checkInput([], { signal }), both.openOutput({ signal }), both.leavesSite];
  expect(asked()).toEqual(['online', 'online', true]);
  link.up = false;
  expect(asked()).toEqual(['local', 'local', false]);
});
