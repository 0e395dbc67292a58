import type { BundleContents, BundleStatement, PlatformError } from '@plinth/contracts';
import type { BundleRefusal } from '../bundle/refused.ts';
import type { BundleState, Rejected } from './bundle-state.ts';

/** A bundle that serves. */
export interface ActiveBundle {
  readonly statement: BundleStatement;
  readonly digest: string;
  readonly contents: BundleContents;
}

export type BundleEvent =
  | { readonly kind: 'activated' | 'proven'; readonly sequence: number }
  | { readonly kind: 'rolled-back'; readonly sequence: number; readonly to: number; readonly problem: string }
  | { readonly kind: 'failed'; readonly error: PlatformError };

/** How a site stands with its bundles. */
export interface BundleStatus {
  readonly active?: {
    readonly sequence: number;
    readonly issuedAt: number;
    readonly notAfter: number;
    readonly activatedAt: number;
  };
  readonly previous?: number;
  readonly proven: boolean;
  readonly rejected: readonly Rejected[];
  /** A bundle that is being fetched. */
  readonly staging?: number;
  /** Why the last look brought nothing; undefined when it went well. */
  readonly trouble?: { readonly reason: BundleRefusal | PlatformError['code']; readonly message: string };
  /** Milliseconds since the centre was last heard to stand by the active bundle. */
  readonly unconfirmedMs: number;
  /** The active bundle holds no longer. */
  readonly expired: boolean;
}

/** What the state on disk and the bundle that serves come to. */
export function statusOf(
  { active: taken, previous, watch, rejected, confirmedAt }: BundleState,
  active: ActiveBundle | undefined,
  { now, staging, trouble }: { readonly now: number } & Pick<BundleStatus, 'staging' | 'trouble'>,
): BundleStatus {
  const { sequence, issuedAt, notAfter } = active?.statement ?? {};
  const until = notAfter === undefined ? undefined : Date.parse(notAfter);
  return {
    ...(sequence !== undefined && {
      active: {
        sequence,
        issuedAt: Date.parse(issuedAt!),
        notAfter: until!,
        activatedAt: taken?.activatedAt ?? now,
      },
    }),
    ...(previous !== undefined && { previous: previous.sequence }),
    proven: watch === undefined,
    rejected,
    ...(staging !== undefined && { staging }),
    ...(trouble !== undefined && { trouble }),
    unconfirmedMs: now - confirmedAt,
    expired: until !== undefined && now > until,
  };
}
