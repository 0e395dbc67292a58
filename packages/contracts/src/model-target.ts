import { amount, filledListOf, filledText, whole } from './bounds.ts';
import * as z from './zod.ts';

const price = amount(0, 10_000);

/** US dollars per million tokens. */
export const ModelPrice = z.object({ input: price, output: price, cachedInput: z.optional(price) });
export type ModelPrice = z.infer<typeof ModelPrice>;

/** A Bedrock guardrail at one version. DRAFT changes under its users; the policies forbid it in stacks. */
export const GuardrailReference = z.object({
  id: filledText(2_048),
  version: z.string().check(z.regex(/^([1-9][0-9]{0,7}|DRAFT)$/)),
});
export type GuardrailReference = z.infer<typeof GuardrailReference>;

/** One place where a model runs. Exclusive choices: the adapter is picked by `kind`. */
const DIRECT = [
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
] as const;

const PoolId = filledText(64).check(z.regex(/^[A-Za-z0-9._-]+$/));

/** One server of a pool; of a managed pool its endpoint. */
export const PoolMember = z.object({
  id: PoolId,
  target: z.discriminatedUnion('kind', DIRECT),
  /** Requests at once that it is begun with, not above `maxSlots`; measured from there. */
  slots: whole(1, 10_000),
  /** Never more than this at once. */
  maxSlots: whole(1, 10_000),
  /** Where a vLLM server tells its queue and the use of its cache. Absent: its state is measured from outside alone. */
  metricsUrl: z.optional(z.url({ protocol: /^https?$/ })),
});
export type PoolMember = z.infer<typeof PoolMember>;

/** Places of one kind for one model. */
export const ModelPool = z.object({
  id: PoolId,
  /** `own` capacity is paid whether it is used or not; `managed` is paid by the token. */
  owner: z.enum(['own', 'managed']),
  /** Data that goes here stays on site. */
  local: z._default(z.boolean(), false),
  /** What its tokens cost callers; never above the model's own price, which is what is reserved. */
  price: ModelPrice,
  /** Share of the requests that go here whatever the state, 0 to 1, for a model that is tried. */
  canaryShare: z._default(amount(0, 1), 0),
  members: filledListOf(PoolMember, 64),
});
export type ModelPool = z.infer<typeof ModelPool>;

/** How a model is reached: at one place, or at several among which each request finds its own. */
export const ModelTarget = z.discriminatedUnion('kind', [
  ...DIRECT,
  z.object({
    kind: z.literal('pools'),
    /** The router refuses, when it is opened, pools and members that cannot be told apart by their ids. */
    pools: filledListOf(ModelPool, 16),
    /** Milliseconds to the first token that a person waiting is to be held to: beyond it requests go to managed pools. */
    firstTokenMs: z.optional(whole(1, 600_000)),
    /** A second own place is asked when the first has not begun within the usual time. @default false */
    hedge: z.optional(z.boolean()),
  }),
]);
export type ModelTarget = z.infer<typeof ModelTarget>;
