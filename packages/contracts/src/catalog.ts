import { filledListOf, filledText, text, whole } from './bounds.ts';
import { ModelPrice, ModelTarget, type ModelPool } from './model-target.ts';
import * as z from './zod.ts';

/** What to do with a prompt that is over `maxPromptTokens`. */
export const ContextPolicy = z.enum(['reject', 'truncate', 'summarize']);
export type ContextPolicy = z.infer<typeof ContextPolicy>;

/** `priority`: its server serves urgent requests first (vLLM with `--scheduling-policy priority`; without that, 0.32 takes the field and does nothing with it). */
export const ModelFeature = z.enum([
  'tools',
  'images',
  'structured-output',
  'prompt-cache',
  'service-tier',
  'seed',
  'priority',
]);
export type ModelFeature = z.infer<typeof ModelFeature>;

export const CatalogModel = z
  .object({
    /** The name callers use. */
    id: filledText(256),
    target: ModelTarget,
    contextTokens: whole(1, 10_000_000),
    maxPromptTokens: whole(1, 10_000_000),
    maxCompletionTokens: whole(1, 1_000_000),
    contextPolicy: z._default(ContextPolicy, 'reject'),
    features: z._default(z.array(ModelFeature), []),
    price: ModelPrice,
    /** Data that goes to this model stays on site. A model with pools says it pool by pool. */
    local: z.optional(z.boolean()),
    ownedBy: z._default(text(128), 'plinth'),
  })
  .check(
    z.superRefine((model, context) => {
      if (model.target.kind === 'pools') checkPrices(model.target.pools, model.price, context);
    }),
  );
export type CatalogModel = z.infer<typeof CatalogModel>;

/** The models a front serves, by the name callers use. */
export const ModelCatalog = filledListOf(CatalogModel, 256).check(
  z.superRefine((models, context) => {
    const seen = new Set<string>();
    for (const [index, model] of models.entries()) {
      if (seen.has(model.id))
        context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${model.id}" is listed twice` });
      seen.add(model.id);
      if (model.maxPromptTokens >= model.contextTokens)
        context.addIssue({
          code: 'custom',
          path: [index, 'maxPromptTokens'],
          message: 'leave room for a completion: set it below contextTokens',
        });
    }
  }),
);
export type ModelCatalog = z.infer<typeof ModelCatalog>;

/** What a request may come to is reserved at the model's price before anybody knows where it will be answered. */
function checkPrices(
  pools: readonly ModelPool[],
  most: ModelPrice,
  context: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  for (const [index, { id, price }] of pools.entries())
    for (const part of ['input', 'output', 'cachedInput'] as const) {
      const bound = part === 'output' ? most.output : most.input;
      if ((price[part] ?? 0) > bound)
        context.addIssue({
          code: 'custom',
          path: ['target', 'pools', index, 'price', part],
          message: `pool "${id}" costs more than its model (${bound} US dollars a million): raise the model's price`,
        });
    }
}
