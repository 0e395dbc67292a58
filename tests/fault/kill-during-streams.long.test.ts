import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditRecord, ModelCatalog } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEngine } from '@plinth/local/testing';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const KILLS = 20;
const STREAMS = 12;
const TTL_MS = 2_000;
const MAX_TOKENS = 40;
const CHAT = resolve(import.meta.dirname, '../../services/chat/src/server.ts');

let folder: string;
let model: RunningLocal;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-kill-'));
  const engine = new ScriptedEngine({
    pieces: Array.from({ length: 30 }, (_, i) => `word${i} `),
    gate: (_piece, signal) => new Promise((done) => void (signal.aborted ? done() : setTimeout(done, 25))),
  });
  model = await startLocal({ engine });
  const stores = await openEmbeddedStores({ folder });
  const issued = issueApiKey();
  key = issued.key;
  await stores.keys.createKey({
    keyId: issued.keyId,
    secretHash: issued.secretHash,
    tenant: 'acme',
    principal: 'ann',
    groups: [],
    limits: {},
    conversations: false,
    createdAt: 0,
  });
  await stores.close();
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

function catalog(): ModelCatalog {
  const target = { kind: 'openai' as const, baseUrl: model.openaiUrl, modelId: model.modelId };
  const limits = {
    contextTokens: 4_000,
    maxPromptTokens: 2_000,
    maxCompletionTokens: MAX_TOKENS,
    contextPolicy: 'reject' as const,
  };
  return [{ id: 'm', target, ...limits, features: [], price: { input: 1, output: 2 }, ownedBy: 'test' }];
}

async function startChat(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHAT], {
    env: {
      ...process.env,
      PLINTH_PORT: '0',
      PLINTH_STATE_DIR: folder,
      PLINTH_CATALOG: JSON.stringify(catalog()),
      PLINTH_RESERVATION_TTL_MS: String(TTL_MS),
      PLINTH_LOG_LEVEL: 'error',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((done, failed) => {
    child.once('close', (code) => failed(new Error(`chat ended with ${code}`)));
    createInterface({ input: child.stdout! }).once('line', (line) => done((JSON.parse(line) as { url: string }).url));
  });
  return { child, url };
}

/** Tokens the platform told this client it used, or undefined when the stream broke before it said so. */
async function stream(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'm',
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: 'Go on' }],
      }),
    });
    const text = await response.text();
    const told = /"total_tokens":(\d+)/.exec(text)?.[1];
    return told === undefined || !text.includes('[DONE]') ? undefined : Number(told);
  } catch {
    return undefined;
  }
}

describe('kill -9 during streams, again and again', () => {
  it(`keeps ledger and audit true over ${KILLS} kills`, async () => {
    let told = 0;
    let broken = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, url } = await startChat();
      const answers = Array.from({ length: STREAMS }, () => stream(url));
      await new Promise((done) => setTimeout(done, 100 + Math.random() * 1_400));
      child.kill('SIGKILL');
      for (const tokens of await Promise.all(answers)) {
        if (tokens === undefined) broken++;
        else told += tokens;
      }
    }
    expect(broken).toBeGreaterThan(0);

    // The last start: nothing may be stuck past its expiry.
    const { child, url } = await startChat();
    const stores = await openEmbeddedStores({ folder });
    const tenant = async () => (await stores.ledger.usage('acme')).find((scope) => scope.scope === 'tenant')!;
    await vi.waitFor(async () => expect((await tenant()).concurrentRequests).toBe(0), {
      timeout: TTL_MS * 3,
      interval: 100,
    });
    expect(await stream(url)).toBeGreaterThan(0);

    const records: AuditRecord[] = [];
    for await (const entry of stores.audit.read()) records.push(JSON.parse(entry.body) as AuditRecord);
    const audited = records.reduce((sum, record) => sum + (record.inputTokens ?? 0) + (record.outputTokens ?? 0), 0);
    const { month } = await tenant();
    const verification = await stores.audit.verify();
    console.log(
      `${KILLS} kills: ${told} tokens told, ${broken} streams broken, ${month.tokens} tokens in the ledger, ${audited} in ${records.length} audit records; audit ${JSON.stringify(verification)}`,
    );
    // What a client was told is charged; what broke off is charged at most its worst case; every charge has its record.
    expect(month.tokens).toBeGreaterThanOrEqual(told);
    expect(month.tokens).toBeLessThanOrEqual(told + (broken + 1) * (200 + MAX_TOKENS));
    expect(audited).toBeLessThanOrEqual(month.tokens);
    expect(verification).toMatchObject({ ok: true });
    await stores.close();
    child.kill('SIGTERM');
    await new Promise((done) => child.once('close', done));
  });
});
