import { createServer, type Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeRunFile } from '../laptop/run-file.ts';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
const servers: Server[] = [];
beforeEach(async () => {
  plinth = await openPlinth();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await plinth.close();
});

/** A service that answers everything with `status`, and this. */
async function service(status: number, body = ''): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('plinth status', () => {
  it('fails when nothing runs, for people and for scripts', async () => {
    const spoken = await plinth.run('status');
    expect(spoken).toMatchObject({ code: 1, stdout: 'Plinth does not run here. Start it with: npm start\n' });
    const json = await plinth.run('status', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({ url: null, apiKey: null, ready: false, services: [] });
  });

  it('does not take the file of a platform that was killed for one that runs', async () => {
    // Process ids end at 2^22 on Linux.
    const run = { pid: 2 ** 30, url: 'http://127.0.0.1:1', apiKey: 'k', services: [] };
    await writeFile(join(plinth.state, 'run.json'), JSON.stringify(run));
    expect(await plinth.run('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('does not run') });
  });

  it('tells where a running platform is and which of its services answer', async () => {
    const [chat, bedrock] = [await service(200), await service(403)];
    const run = {
      pid: process.pid,
      url: chat,
      apiKey: 'plinth_key',
      services: [
        { name: 'chat', url: chat },
        { name: 'bedrock', url: bedrock },
      ],
    };
    await writeRunFile(plinth.state, run);
    const { code, stdout } = await plinth.run('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      url: chat,
      apiKey: 'plinth_key',
      ready: true,
      services: [
        { name: 'chat', url: chat, ready: true },
        { name: 'bedrock', url: bedrock, ready: true },
      ],
    });
    await writeRunFile(plinth.state, {
      ...run,
      services: [...run.services, { name: 'model', url: await service(503) }],
    });
    const waiting = await plinth.run('status');
    expect(waiting.code).toBe(1);
    expect(waiting.stdout).toContain('not ready yet');
    expect(waiting.stdout).toMatch(/ready {4}chat .*\n.*ready {4}bedrock .*\n.*waiting {2}model /);
    expect(waiting.stdout).not.toContain('plinth_key');
  });

  it('tells how each place of a model with several does', async () => {
    const members = [
      { id: 'gpu-1', breaker: 'closed', in_flight: 2, limit: 8, ttft_ms: 81.4 },
      { id: 'gpu-2', breaker: 'open', in_flight: 0, limit: 1 },
    ];
    const pools = [{ id: 'own', owner: 'own', local: true, members }];
    const chat = await service(200, JSON.stringify({ object: 'list', data: [{ model: 'm-hybrid', pools }] }));
    await writeRunFile(plinth.state, {
      pid: process.pid,
      url: chat,
      apiKey: 'k',
      services: [{ name: 'chat', url: chat }],
    });
    const { stdout } = await plinth.run('status');
    expect(stdout).toMatch(/routes {3}m-hybrid\n +own\/gpu-1 +in order, 2 of 8 requests, first token after 81 ms\n/);
    expect(stdout).toMatch(/own\/gpu-2 +out of order, 0 of 1 requests\n/);
  });
});
