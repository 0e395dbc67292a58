import { CHAT_BOUNDS, type Identity, type ModelList } from '@plinth/contracts';
import { toChatCompletion, type ChatGateway, type Identify, type Router } from '@plinth/gateway';
import type { FrontApp, FrontContext } from './front-app.ts';
import { clientController } from './http/client-controller.ts';
import { requestHeader } from './http/node-bindings.ts';
import { readBody } from './http/read-body.ts';
import { streamAnswer } from './http/stream-answer.ts';
import { wholeAnswer } from './http/whole-answer.ts';

export interface ChatRoutes {
  readonly gateway: ChatGateway;
  readonly identify: Identify;
  readonly router: Router;
}

/** POST /v1/chat/completions, streamed or whole, over the governed path. */
export function addChatCompletions(app: FrontApp, { gateway }: Pick<ChatRoutes, 'gateway'>): void {
  app.post('/v1/chat/completions', async (context) => {
    const controller = clientController(context);
    const body = await readBody(context, CHAT_BOUNDS.bodyBytes);
    const run = await gateway({
      requestId: context.get('requestId'),
      authorization: requestHeader(context, 'authorization'),
      body,
      controller,
    });
    return run.stream ? streamAnswer(context, run) : wholeAnswer(context, await toChatCompletion(run));
  });
}

/** GET /v1/models: the catalog, as OpenAI lists models. */
export function addModels(app: FrontApp, { identify, router }: Pick<ChatRoutes, 'identify' | 'router'>): void {
  app.get('/v1/models', async (context) => {
    await identityOf(context, identify);
    const list: ModelList = {
      object: 'list',
      data: router.catalog.map((model) => ({
        id: model.id,
        object: 'model',
        created: 0,
        owned_by: model.ownedBy,
        context_length: model.contextTokens,
      })),
    };
    return context.json(list);
  });
}

/** Who is calling. Throws as `identify` does. */
export function identityOf(context: FrontContext, identify: Identify): Promise<Identity> {
  return identify(requestHeader(context, 'authorization'));
}
