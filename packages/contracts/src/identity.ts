import * as z from 'zod';
import { Limits } from './limits.ts';

const name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9._:@/-]+$/, 'Use letters, digits and . _ : @ / -');

/** A key as it is stored: the secret itself is never kept, only its SHA-256. */
export const ApiKeyRecord = z.object({
  /** First part of the key, safe to show: `pk_…`. */
  keyId: name,
  /** Hex SHA-256 of the whole key. */
  secretHash: z.string().regex(/^[0-9a-f]{64}$/),
  tenant: name,
  principal: name,
  groups: z.array(name).max(64),
  limits: Limits,
  /** Keep this principal's conversations on the server. */
  conversations: z.boolean(),
  createdAt: z.int(),
  /** Milliseconds since the epoch; absent means no end. */
  expiresAt: z.int().optional(),
  revokedAt: z.int().optional(),
});
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>;

/** A tenant: who pays, and what all its keys and users may use together. */
export const TenantRecord = z.object({ tenant: name, limits: Limits, createdAt: z.int() });
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
}
