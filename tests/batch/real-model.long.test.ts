import { startLocal, type RunningLocal } from '@plinth/local';
import type { BatchAnswerLine } from '@plinth/contracts';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf, openBatchServer, saying, submit, untilEnded } from './batch-server.ts';

/** A thousand with PLINTH_SOAK=1, which takes a quarter of an hour. */
const RECORDS = process.env['PLINTH_SOAK'] === '1' ? 1_000 : 150;
const WITHIN_MS = 1_800_000;

let local: RunningLocal;
let server: Awaited<ReturnType<typeof openBatchServer>>;
beforeAll(async () => {
  local = await startLocal({ embeddings: false });
  server = await openBatchServer({
    modelUrl: local.openaiUrl,
    modelId: local.modelId,
    environment: { PLINTH_CONCURRENCY: '8', PLINTH_DEFAULT_LIMITS: '{}' },
  });
}, 120_000);
afterAll(async () => {
  await server.close();
  await local.close();
});

const WORDS = ['red', 'green', 'blue', 'one', 'two', 'ship', 'tree', 'house', 'river', 'stone'];
const body = (index: number) =>
  saying(`Say ${WORDS[index % WORDS.length]} and ${index}.`, { max_tokens: 8, seed: 7, temperature: 0 });

it(
  `a batch of ${RECORDS} records on the real model says what single calls say, in the order of its file, none missing`,
  async () => {
    const client = await server.client();
    const { id } = await submit(
      client,
      Array.from({ length: RECORDS }, (_, index) => body(index)),
    );
    const ended = await untilEnded(client, id, WITHIN_MS);
    expect(ended).toMatchObject({
      status: 'completed',
      request_counts: { total: RECORDS, completed: RECORDS, failed: 0 },
    });
    const lines = await linesOf<BatchAnswerLine>(client, ended.output_file_id);
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(Array.from({ length: RECORDS }, (_, index) => `r${index}`));
    const single = new OpenAI({ baseURL: `${local.openaiUrl}/v1`, apiKey: 'none' });
    for (const [index, { response }] of lines.entries()) {
      const messages = body(index).messages as OpenAI.ChatCompletionMessageParam[];
      const rest = { model: local.modelId, max_tokens: 8, seed: 7, temperature: 0 };
      const alone = await single.chat.completions.create({ ...rest, messages });
      const answer = response!.body as OpenAI.ChatCompletion;
      expect([index, answer.choices[0]!.message.content]).toEqual([index, alone.choices[0]!.message.content]);
      expect(answer.usage?.completion_tokens).toBe(alone.usage?.completion_tokens);
    }
  },
  2 * WITHIN_MS,
);
