import { filledText, listOf } from './bounds.ts';
import { Limits } from './limits.ts';
import * as z from './zod.ts';

const name = filledText(128).check(z.regex(/^[A-Za-z0-9._:@/-]+$/, 'Use letters, digits and . _ : @ / -'));

/** A key as it is stored: the secret itself is never kept, only its SHA-256. */
export const ApiKeyRecord = z.object({
  /** First part of the key, safe to show: `pk_…`. */
  keyId: name,
  /** Hex SHA-256 of the whole key. */
  secretHash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  tenant: name,
  principal: name,
  groups: listOf(name, 64),
  limits: Limits,
  /** Keep this principal's conversations on the server. */
  conversations: z.boolean(),
  /** What this key sends is answered where data stays on site, or not at all. */
  dataStays: z.optional(z.boolean()),
  createdAt: z.int(),
  /** Milliseconds since the epoch; absent means no end. */
  expiresAt: z.optional(z.int()),
  revokedAt: z.optional(z.int()),
});
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>;

/** A tenant: who pays, and what all its keys and users may use together. */
export const TenantRecord = z.object({
  tenant: name,
  limits: Limits,
  /** As of a key, for all its keys and users. */
  dataStays: z.optional(z.boolean()),
  createdAt: z.int(),
});
export type TenantRecord = z.infer<typeof TenantRecord>;

/** Who is calling, once proven. */
export interface Identity {
  readonly tenant: string;
  readonly principal: string;
  readonly kind: 'api-key' | 'user';
  /** The key's id, or `user:<subject>`: the scope that per-key limits are counted under. */
  readonly scopeId: string;
  readonly groups: readonly string[];
  readonly tenantLimits: Limits;
  readonly scopeLimits: Limits;
  readonly conversations: boolean;
  /** What it sends is answered where data stays on site, or not at all; by its key or its tenant. */
  readonly dataStays?: boolean;
}
