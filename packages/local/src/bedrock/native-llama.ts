import * as z from 'zod';
import { check } from '../http/read-json.ts';
import type { GuardablePrompt, PartedTurn } from './guardrail/guard-prompt.ts';
import type { NativeBody } from './native-body.ts';

const LlamaRequest = z.strictObject({
  prompt: z.string().min(1).max(1_000_000),
  max_gen_len: z.int().min(1).max(8_192).default(512),
  temperature: z.number().min(0).max(1).default(0.5),
  top_p: z.number().min(0).max(1).default(0.9),
});

/** Meta Llama's body: `prompt`, `max_gen_len`, `temperature`, `top_p`, with the defaults Bedrock documents. */
export const llamaBody: NativeBody = {
  field: 'prompt',
  read(body) {
    const { prompt, max_gen_len, temperature, top_p } = check(LlamaRequest, body);
    const counts = (usage: { promptTokens: number; completionTokens: number }) => ({
      prompt_token_count: usage.promptTokens,
      generation_token_count: usage.completionTokens,
    });
    const stopReason = (reason: string) => (reason === 'max_tokens' ? 'length' : 'stop');
    return {
      prompt: readPrompt(prompt),
      generation: { maxTokens: max_gen_len, onOverflow: 'clamp', sampling: { temperature, topP: top_p } },
      whole: (text, end) => ({ generation: text, ...counts(end.usage), stop_reason: stopReason(end.stopReason) }),
      piece: (text) => ({
        generation: text,
        prompt_token_count: null,
        generation_token_count: null,
        stop_reason: null,
      }),
      last: (end) => ({ generation: '', ...counts(end.usage), stop_reason: stopReason(end.stopReason) }),
    };
  },
};

const TURN = /<\|start_header_id\|>(system|user|assistant)<\|end_header_id\|>\s*([\s\S]*?)(?:<\|eot_id\|>|$)/g;

/**
 * A prompt in Llama 3's chat template is read back into turns, since the local model has another template. Any other prompt is continued
 * as it stands.
 */
function readPrompt(prompt: string): GuardablePrompt {
  const turns = [...prompt.matchAll(TURN)].map(([, role, text]): PartedTurn => ({
    role: role as PartedTurn['role'],
    parts: [{ text: text ?? '', marked: false }],
  }));
  const opened = turns.at(-1);
  if (opened?.role === 'assistant' && opened.parts[0]?.text === '') turns.pop();
  return turns.at(-1)?.role === 'user' ? { kind: 'chat', turns } : { kind: 'text', text: prompt };
}
