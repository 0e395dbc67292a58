import type { Context } from 'hono';
import * as z from 'zod';
import { parseJson, readJson } from '../http/read-json.ts';
import { ConverseRequest, toTurns } from './converse-request.ts';
import { toPrompt } from './guardrail/guard-prompt.ts';
import { readNativeBody } from './native-body.ts';
import type { BedrockServices } from './services.ts';

const CountTokensRequest = z.object({
  input: z.union([
    z.object({ converse: ConverseRequest.pick({ messages: true, system: true }) }),
    z.object({ invokeModel: z.object({ body: z.base64().max(8 * 1024 * 1024) }) }),
  ]),
});

/** POST /model/{modelId}/count-tokens: what the same input would be charged for, chat template included. */
export async function countTokens(c: Context, { engine, models }: BedrockServices): Promise<Response> {
  models.assertServed(c.req.param('modelId') ?? '');
  const { input } = await readJson(c, CountTokensRequest);
  const prompt =
    'converse' in input
      ? { kind: 'chat' as const, turns: toTurns(input.converse) }
      : readNativeBody(parseJson(Buffer.from(input.invokeModel.body, 'base64'))).prompt;
  const tokens = await engine.tokenize(toPrompt(prompt));
  return c.json({ inputTokens: tokens.length });
}
