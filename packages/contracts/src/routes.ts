import * as z from './zod.ts';

const milliseconds = z.optional(z.number());

/** The state of one place of a model. */
const RouteMember = z.object({
  id: z.string(),
  breaker: z.enum(['closed', 'open', 'half-open']),
  in_flight: z.int(),
  /** Requests at once that it is trusted with now. */
  limit: z.number(),
  /** Time to the first token and between tokens as they are measured; absent until they are. */
  ttft_ms: milliseconds,
  itl_ms: milliseconds,
  /** What its server says of itself, where it does. */
  load: z.optional(z.object({ waiting: z.number(), running: z.number(), kv_cache_use: z.number() })),
});

/** Places of one kind. */
export const RoutePool = z.object({
  id: z.string(),
  owner: z.enum(['own', 'managed']),
  local: z.boolean(),
  members: z.array(RouteMember),
});
export type RoutePool = z.infer<typeof RoutePool>;

/** GET /v1/routes: models with several places, and the state of each as this process sees it. */
export const RouteList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ model: z.string(), pools: z.array(RoutePool) })),
});
export type RouteList = z.infer<typeof RouteList>;
