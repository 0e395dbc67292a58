import type { SiteView } from '@plinth/contracts';
import { callJson } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isRecord, numberOf, textOf } from '../json.ts';
import { ApiError, localProblem } from '../problem.ts';

/** A bundle a site goes by. Times in epoch milliseconds, by the site's clock. */
export interface SiteBundle {
  sequence: number;
  issuedAt: number;
  expiresAt: number;
  activatedAt: number;
  proven: boolean;
  /** Since the centre last stood by it, milliseconds. */
  unconfirmedMs: number;
  stale: boolean;
}

/** How a site stands. */
export interface Site {
  name: string;
  mode: SiteView['mode'];
  link: { online: boolean; since: number };
  bundle: SiteBundle | undefined;
  /** Sequence of the bundle that is being fetched. */
  staging: number | undefined;
  rejected: readonly { sequence: number; problem: string; at: number }[];
  /** Why the last look for a bundle brought none. */
  trouble: { reason: string; message: string } | undefined;
  outbox: { items: number; oldestMs: number };
  models: readonly { id: string; onSite: boolean }[];
}

/** Where a site may be from this page: beside a platform, or the page is the site's own. */
export const SITE_MOUNTS = ['/edge', ''] as const;

/** How the site stands that is reached there; undefined where there is none. */
export async function readSite(endpoint: Endpoint, key: string, signal: AbortSignal): Promise<Site | undefined> {
  let body: unknown;
  try {
    body = await callJson(endpoint, '/v1/site', { key, signal });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  const site = siteOf(body);
  if (site === undefined) throw new ApiError(localProblem('unreadable'));
  return site;
}

export function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'not_found';
}

function siteOf(body: unknown): Site | undefined {
  if (!isRecord(body) || !isRecord(body.link) || !isRecord(body.outbox)) return undefined;
  const { mode, link, outbox, trouble } = body;
  if (mode !== 'serving' && mode !== 'restricted' && mode !== 'stopped') return undefined;
  return {
    name: textOf(body.name),
    mode,
    link: { online: link.online === true, since: milliseconds(link.since) },
    bundle: bundleOf(body.bundle),
    staging: numberOf(body.staging),
    rejected: records(body.rejected).map(({ sequence, problem, at }) => ({
      sequence: numberOf(sequence) ?? 0,
      problem: textOf(problem),
      at: milliseconds(at),
    })),
    trouble: isRecord(trouble) ? { reason: textOf(trouble.reason), message: textOf(trouble.message) } : undefined,
    outbox: { items: numberOf(outbox.items) ?? 0, oldestMs: milliseconds(outbox.oldest_seconds) },
    models: records(body.models).map(({ id, on_site }) => ({ id: textOf(id), onSite: on_site === true })),
  };
}

function bundleOf(value: unknown): SiteBundle | undefined {
  if (!isRecord(value)) return undefined;
  return {
    sequence: numberOf(value.sequence) ?? 0,
    issuedAt: milliseconds(value.issued_at),
    expiresAt: milliseconds(value.expires_at),
    activatedAt: milliseconds(value.activated_at),
    proven: value.proven === true,
    unconfirmedMs: milliseconds(value.unconfirmed_seconds),
    stale: value.stale === true,
  };
}

const milliseconds = (seconds: unknown): number => (numberOf(seconds) ?? 0) * 1_000;

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
