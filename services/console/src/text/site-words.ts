import type { AsyncItem } from '../api/sites/async-items.ts';
import type { Place } from '../api/routes.ts';
import type { Site, SiteBundle } from '../api/sites/site.ts';
import { formatCount, spanWords } from './numbers.ts';
import type { StateWords } from './state-words.ts';

/** What a site is at. */
export function siteWords({ mode, link }: Pick<Site, 'mode' | 'link'>): StateWords {
  if (mode === 'stopped') return { words: 'Stopped', mark: '■', tone: 'bad' };
  if (mode === 'restricted') return { words: 'Its own models only', mark: '◐', tone: 'mixed' };
  return link.online
    ? { words: 'In order', mark: '✓', tone: 'good' }
    : { words: 'On its own', mark: '●', tone: 'mixed' };
}

/** Why it is so, in a sentence; undefined where nothing is to be said. */
export function siteAdvice({ mode, bundle }: Pick<Site, 'mode' | 'bundle'>): string | undefined {
  if (bundle === undefined)
    return 'It has no bundle from its centre yet, so it knows nobody and takes no requests. Publish one for it.';
  if (mode === 'stopped')
    return 'Its bundle is older than it may be, and its policy says to stop then. It goes on once its centre is heard again.';
  if (mode === 'restricted')
    return 'Its bundle is older than it may be. It goes on with the models on site until its centre is heard again.';
  return undefined;
}

export function linkWords({ online }: Site['link']): StateWords {
  return online ? { words: 'Up', mark: '✓', tone: 'good' } : { words: 'Down', mark: '✗', tone: 'bad' };
}

export function bundleWords({ proven, stale }: Pick<SiteBundle, 'proven' | 'stale'>): StateWords {
  if (stale) return { words: 'Stale', mark: '✗', tone: 'mixed' };
  return proven ? { words: 'Proven', mark: '✓', tone: 'good' } : { words: 'On probation', mark: '●', tone: 'live' };
}

/** How old it is and how long it holds: "signed 2 h ago, holds for 29 d". */
export function ageWords({ issuedAt, expiresAt }: Pick<SiteBundle, 'issuedAt' | 'expiresAt'>, now: number): string {
  const age = now - issuedAt < 1_000 ? 'signed just now' : `signed ${spanWords(now - issuedAt)} ago`;
  return expiresAt <= now
    ? `${age}, held until ${spanWords(now - expiresAt)} ago`
    : `${age}, holds for ${spanWords(expiresAt - now)}`;
}

export function confirmedWords({ unconfirmedMs }: Pick<SiteBundle, 'unconfirmedMs'>): string {
  return unconfirmedMs < 60_000 ? 'heard of within the last minute' : `last heard of ${spanWords(unconfirmedMs)} ago`;
}

/** Why no newer bundle was taken, in words; the platform's own message says more. */
export function refusalWords(reason: string): string {
  return REFUSALS[reason] ?? 'The last look for a bundle brought none.';
}

const REFUSALS: Readonly<Record<string, string>> = {
  'over-size': 'A bundle was refused: it is too large.',
  'not-json': 'A bundle was refused: it cannot be read.',
  'not-an-envelope': 'A bundle was refused: it is not signed in the way bundles are.',
  'unknown-type': 'A bundle was refused: what is signed is no bundle of a site.',
  'unknown-key': 'A bundle was refused: it is signed by a key this site does not trust.',
  'bad-signature': 'A bundle was refused: its signature does not hold.',
  'unknown-version': 'A bundle was refused: it is of a version this site does not know.',
  'not-a-bundle': 'A bundle was refused: something in it is not as it should be.',
  'wrong-site': 'A bundle was refused: it is for another site.',
  'not-yet-valid': 'A bundle was refused: it is from the future.',
  expired: 'A bundle was refused: its time is over.',
  downgraded: 'A bundle was refused: it is older than what this site has had.',
  truncated: 'A bundle was refused: a part of it is cut short.',
  tampered: 'A bundle was refused: a part of it is not what was signed.',
  unhealthy: 'A bundle was given up: the site did not do well with it.',
  disk_full: 'A bundle could not be fetched: the disk is full.',
  upstream_failed: 'The centre could not be reached for a newer bundle.',
  upstream_timeout: 'The centre could not be reached for a newer bundle.',
};

/** "3 requests wait, the oldest for 4 min". */
export function depthWords({ items, oldestMs }: Site['outbox']): string {
  if (items === 0) return 'Nothing waits';
  const count = items === 1 ? '1 request waits' : `${formatCount(items)} requests wait`;
  return `${count}, ${items === 1 ? '' : 'the oldest '}for ${spanWords(oldestMs)}`;
}

const ITEMS: Readonly<Record<AsyncItem['status'], StateWords>> = {
  queued: { words: 'Waiting', mark: '○', tone: 'waiting' },
  in_progress: { words: 'Being answered', mark: '●', tone: 'live' },
  completed: { words: 'Delivered', mark: '✓', tone: 'good' },
  failed: { words: 'Failed', mark: '✗', tone: 'bad' },
  cancelled: { words: 'Taken back', mark: '■', tone: 'over' },
};

export function itemWords({ status }: Pick<AsyncItem, 'status'>): StateWords {
  return ITEMS[status];
}

/** How long it has waited, or waited until it ended. */
export function waitWords({ createdAt, endedAt }: Pick<AsyncItem, 'createdAt' | 'endedAt'>, now: number): string {
  const waited = spanWords(Math.max(0, (endedAt ?? now) - createdAt));
  return endedAt === undefined ? `for ${waited}` : `after ${waited}`;
}

export function breakerWords({ breaker }: Pick<Place, 'breaker'>): StateWords {
  if (breaker === 'closed') return { words: 'In order', mark: '✓', tone: 'good' };
  return breaker === 'open'
    ? { words: 'Out of order', mark: '✗', tone: 'bad' }
    : { words: 'On probation', mark: '●', tone: 'live' };
}

/** "2 of 8 requests". */
export function loadWords({ inFlight, limit }: Pick<Place, 'inFlight' | 'limit'>): string {
  return `${formatCount(inFlight)} of ${formatCount(Math.floor(limit))} requests`;
}
