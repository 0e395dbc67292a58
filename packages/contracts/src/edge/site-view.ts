import * as z from '../zod.ts';

const seconds = z.int();
const quantity = z.int().check(z.minimum(0));

/** `GET /v1/site`: how a site stands. Times are in seconds since the epoch, by the site's clock. */
export const SiteView = z.object({
  object: z.literal('site'),
  name: z.string(),
  /** `restricted` and `stopped`: the bundle is older than it may be, and the policy says which. A site without any is stopped. */
  mode: z.enum(['serving', 'restricted', 'stopped']),
  link: z.object({ online: z.boolean(), since: seconds }),
  /** The bundle that serves. */
  bundle: z.nullable(
    z.object({
      sequence: quantity,
      issued_at: seconds,
      expires_at: seconds,
      activated_at: seconds,
      /** The site has done well with it for long enough to keep it. */
      proven: z.boolean(),
      /** Since the centre last stood by it. */
      unconfirmed_seconds: quantity,
      stale: z.boolean(),
    }),
  ),
  /** Sequence of the one that is being fetched. */
  staging: z.nullable(quantity),
  /** Bundles that served, did not do well, and are not taken again. */
  rejected: z.array(z.object({ sequence: quantity, problem: z.string(), at: seconds })),
  /** Why the last look for a bundle brought none. */
  trouble: z.nullable(z.object({ reason: z.string(), message: z.string() })),
  outbox: z.object({ items: quantity, oldest_seconds: quantity }),
  /** What can be asked for; `on_site` is answered without the link, too. */
  models: z.array(z.object({ id: z.string(), on_site: z.boolean() })),
});
export type SiteView = z.infer<typeof SiteView>;
