import type { Context } from 'hono';
import * as z from 'zod';
import { ChatMessage } from '@plinth/contracts';
import type { Engine, Prompt } from '../engine/engine.ts';
import { readJson } from '../http/read-json.ts';
import { assertServed } from './model-name.ts';
import { toTurns } from './request.ts';

const model = z.string().min(1).max(256).optional();
const TokenizeRequest = z.union([
  z.object({ model, messages: z.array(ChatMessage).min(1).max(2_048) }),
  z.object({ model, prompt: z.string().min(1).max(1_000_000) }),
]);

/** POST /tokenize in vLLM's shape: how many tokens a prompt or a conversation has, chat template included. */
export async function tokenize(c: Context, engine: Engine): Promise<Response> {
  const request = await readJson(c, TokenizeRequest);
  if (request.model !== undefined) assertServed(engine, request.model);
  const prompt: Prompt =
    'messages' in request ? { kind: 'chat', turns: toTurns(request.messages) } : { kind: 'text', text: request.prompt };
  const tokens = await engine.tokenize(prompt);
  return c.json({ count: tokens.length, max_model_len: engine.model.contextTokens, tokens });
}
