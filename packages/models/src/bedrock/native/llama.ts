import { PlatformError, type ChatMessage } from '@plinth/contracts';
import type { ModelRequest } from '../../model-client.ts';
import type { NativeCodec, NativePiece } from './codec.ts';

/** Meta's Llama models: a prompt in the Llama 3 instruct format, text back. */
export const llamaCodec: NativeCodec = {
  features: [],

  encode(request: ModelRequest) {
    if (request.stop !== undefined && request.stop.length > 0)
      throw new PlatformError(
        'unsupported_feature',
        'Llama on InvokeModel has no stop sequences: leave out stop, or set api to converse for this model.',
        { param: 'stop' },
      );
    return {
      prompt: llamaPrompt(request.messages),
      max_gen_len: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
    };
  },

  decode(body): NativePiece {
    const stop = body['stop_reason'];
    return {
      text: typeof body['generation'] === 'string' ? body['generation'] : '',
      ...(typeof stop === 'string' ? { reason: stop === 'length' ? 'length' : 'stop' } : {}),
      ...(typeof body['prompt_token_count'] === 'number' ? { inputTokens: body['prompt_token_count'] } : {}),
      ...(typeof body['generation_token_count'] === 'number' ? { outputTokens: body['generation_token_count'] } : {}),
    };
  },
};

/** The chat as Llama 3 instruct models were trained to read it, left open for the assistant's turn. */
export function llamaPrompt(messages: readonly ChatMessage[]): string {
  const turns = messages.map((message) => {
    const role = message.role === 'developer' ? 'system' : message.role;
    return `<|start_header_id|>${role}<|end_header_id|>\n\n${plain(textOf(message))}<|eot_id|>`;
  });
  return `<|begin_of_text|>${turns.join('')}<|start_header_id|>assistant<|end_header_id|>\n\n`;
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** A caller must not be able to close a turn and open another: control tokens in text are broken up, so they are only text. */
function plain(text: string): string {
  return text.replaceAll('<|', '< |').trim();
}
