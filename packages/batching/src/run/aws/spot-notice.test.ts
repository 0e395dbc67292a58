import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualTimers } from '../../testing/manual-timers.ts';
import { watchSpotNotice } from './spot-notice.ts';

const AT = '2026-11-30T12:02:00Z';

/** A machine's metadata as EC2 speaks it: tokens by PUT, 401 without one, 404 while there is no notice. */
let server: Server;
let endpoint: string;
let tokens: string[];
let seen: string[];
let failures: string[];
let notice: string | undefined;
let broken: number | undefined;
let ended: AbortController;
let timers: ManualTimers;

beforeEach(async () => {
  [tokens, seen, failures, notice, broken] = [[], [], [], undefined, undefined];
  [ended, timers] = [new AbortController(), new ManualTimers()];
  server = createServer(({ method, url, headers }, response) => {
    seen.push(`${method} ${url}`);
    if (broken !== undefined) return response.writeHead(broken).end();
    if (method === 'PUT' && url === '/latest/api/token') {
      if (headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined) return response.writeHead(400).end();
      tokens.push(`token-${seen.length}`);
      return response.end(tokens.at(-1));
    }
    if (headers['x-aws-ec2-metadata-token'] !== tokens.at(-1)) return response.writeHead(401).end();
    if (url !== '/latest/meta-data/spot/instance-action' || notice === undefined) return response.writeHead(404).end();
    return response.end(notice);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  ended.abort();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

/** Lets the watch ask so many more times. */
async function asked(times: number): Promise<void> {
  for (const until = seen.length + times; seen.length < until;) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    timers.move(5_000);
  }
}
const watch = () =>
  watchSpotNotice({ endpoint, timers, signal: ended.signal, onFailure: ({ message }) => failures.push(message) });

it('asks with one token until there is a notice, and says what it is', async () => {
  const noticed = watch();
  await asked(4);
  expect(noticed.aborted).toBe(false);
  expect(tokens).toHaveLength(1);
  notice = JSON.stringify({ action: 'terminate', time: AT });
  await new Promise((resolve) => {
    noticed.addEventListener('abort', resolve);
    void asked(2);
  });
  expect(noticed.reason).toEqual({ action: 'terminate', at: Date.parse(AT) });
});

it('gets another token when its own is no longer taken', async () => {
  const noticed = watch();
  await asked(2);
  tokens.push('another');
  notice = JSON.stringify({ action: 'stop', time: AT });
  await new Promise((resolve) => {
    noticed.addEventListener('abort', resolve);
    void asked(3);
  });
  expect(noticed.reason).toMatchObject({ action: 'stop' });
  expect(failures).toEqual([]);
});

it('goes on when the metadata is away for a while, and tells of it', async () => {
  broken = 503;
  const noticed = watch();
  await asked(3);
  expect(failures[0]).toContain('503');
  broken = undefined;
  notice = JSON.stringify({ action: 'terminate', time: AT });
  await new Promise((resolve) => {
    noticed.addEventListener('abort', resolve);
    void asked(3);
  });
});

it('is quiet once it is ended', async () => {
  const noticed = watch();
  await asked(2);
  ended.abort();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = seen.length;
  timers.move(60_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen.length).toBe(before);
  expect(noticed.aborted).toBe(false);
});
