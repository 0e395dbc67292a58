import type { ModelEvent } from '@plinth/models';
import { chatBody, fromHttpError, readAnswer } from '@plinth/models/openai';
import type { Tongue } from './tongue.ts';

/** OpenAI's chat completions, as containers with vLLM speak them. @param modelId What the container knows the model by. */
export function openaiTongue(modelId: string): Tongue {
  return {
    body: (request) => chatBody(modelId, { ...request, stream: false, serviceTier: undefined }),
    events(output) {
      const events: ModelEvent[] = [{ type: 'start' }];
      readAnswer(JSON.stringify(output), (event) => events.push(event));
      return events;
    },
    fault: ({ status = 500, message }) => fromHttpError(status, {}, JSON.stringify({ message }), Date.now()),
  };
}
