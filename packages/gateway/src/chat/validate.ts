import { isUtf8 } from 'node:buffer';
import { CHAT_BOUNDS, ChatCompletionRequest, PlatformError } from '@plinth/contracts';
import { checkedBody } from '../wire/checked-body.ts';

/** Bytes to a checked request. Every refusal names the field and says what it should be; nothing of the prompt is repeated back. */
export function parseChatRequest(body: Uint8Array): ChatCompletionRequest {
  if (body.byteLength > CHAT_BOUNDS.bodyBytes)
    throw new PlatformError(
      'request_too_large',
      `The body is over ${CHAT_BOUNDS.bodyBytes} bytes. Send fewer or shorter messages.`,
    );
  if (!isUtf8(body)) throw new PlatformError('invalid_json', 'The body is not valid UTF-8.');
  return checkedBody(ChatCompletionRequest, parseJson(body));
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    // Without the parser's error as its cause: that quotes the body, which is a prompt.
    throw new PlatformError('invalid_json', 'The body is not valid JSON.');
  }
}
