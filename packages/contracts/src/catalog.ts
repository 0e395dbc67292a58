import { amount, filledListOf, filledText, text, whole } from './bounds.ts';
import * as z from './zod.ts';

const price = amount(0, 10_000);

/** A Bedrock guardrail at one version. DRAFT changes under its users; the policies forbid it in stacks. */
export const GuardrailReference = z.object({
  id: filledText(2_048),
  version: z.string().check(z.regex(/^([1-9][0-9]{0,7}|DRAFT)$/)),
});
export type GuardrailReference = z.infer<typeof GuardrailReference>;

/** How a model is reached. Exclusive choices: the adapter is picked by `kind`. */
export const ModelTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('bedrock'),
    /** Model id, inference-profile id or ARN. */
    modelId: filledText(2_048),
    /** `converse` wherever the model has it; `invoke-llama` is the native body of Meta models on InvokeModel. */
    api: z._default(z.enum(['converse', 'invoke-llama']), 'converse'),
    guardrail: z.optional(GuardrailReference),
  }),
  z.object({
    kind: z.literal('openai'),
    /** Ends before `/v1`. */
    baseUrl: z.url({ protocol: /^https?$/ }),
    /** The name the server knows the model by. */
    modelId: filledText(256),
  }),
  z
    .object({
      kind: z.literal('sagemaker'),
      endpointName: filledText(63),
      /** The name the container knows the model by. */
      modelId: filledText(256),
      /** One of several on a shared fleet; absent where the endpoint has one model. */
      inferenceComponent: z.optional(filledText(63)),
      /** The archive of one model of a multi-model endpoint, by its key under the endpoint's prefix. Such a call does not stream. */
      targetModel: z.optional(filledText(1_024)),
    })
    .check(
      z.refine((target) => target.inferenceComponent === undefined || target.targetModel === undefined, {
        path: ['targetModel'],
        message: 'an endpoint has inference components or is a multi-model endpoint: name one of the two',
      }),
    ),
]);
export type ModelTarget = z.infer<typeof ModelTarget>;

/** What to do with a prompt that is over `maxPromptTokens`. */
export const ContextPolicy = z.enum(['reject', 'truncate', 'summarize']);
export type ContextPolicy = z.infer<typeof ContextPolicy>;

/** `priority`: its server serves urgent requests first (vLLM with `--scheduling-policy priority`; without that it refuses the field). */
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

export const CatalogModel = z.object({
  /** The name callers use. */
  id: filledText(256),
  target: ModelTarget,
  contextTokens: whole(1, 10_000_000),
  maxPromptTokens: whole(1, 10_000_000),
  maxCompletionTokens: whole(1, 1_000_000),
  contextPolicy: z._default(ContextPolicy, 'reject'),
  features: z._default(z.array(ModelFeature), []),
  /** US dollars per million tokens. */
  price: z.object({ input: price, output: price, cachedInput: z.optional(price) }),
  ownedBy: z._default(text(128), 'plinth'),
});
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
