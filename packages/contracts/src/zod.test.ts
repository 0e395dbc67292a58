import { expect, it } from 'vitest';
import { Limits } from './limits.ts';
import { ChatCompletionRequest } from './openai/chat-request.ts';

// Nothing but contracts is imported here: in one process with the whole of zod, that would bring the words.
it.each([
  [{ messages: [] }, 'Invalid input: expected string, received undefined'],
  [{ model: '', messages: [] }, 'Too small: expected string to have >=1 characters'],
  [{ model: 'm', messages: [], temperature: 3 }, 'Too big: expected number to be <=2'],
  [{ model: 'm', messages: [{ role: 'oracle' }] }, 'Invalid discriminator value'],
  [
    { model: 'm', messages: [], service_tier: 'gold' },
    'Invalid option: expected one of "auto"|"default"|"flex"|"priority"',
  ],
  [{ model: 'm', messages: [], n: 2 }, 'Only n=1 is served; send one request per answer.'],
])('says of %j what was expected', (body, message) => {
  const { error } = ChatCompletionRequest.safeParse(body);
  expect(error?.issues.map((issue) => issue.message).join('; ')).toContain(message);
});

it('names a key that is not known', () =>
  expect(Limits.safeParse({ tokensPerHour: 1 }).error?.issues[0]?.message).toBe('Unrecognized key: "tokensPerHour"'));
