import type { SiteReport, SiteState } from '@plinth/contracts';
import type { PeriodUsage } from '../ports/ledger.ts';

export type IntakeAnswer =
  | { readonly kind: 'taken' }
  /** It was taken before: nothing has changed. */
  | { readonly kind: 'known' }
  /** A report before it is missing, from this number on. */
  | { readonly kind: 'early'; readonly missing: number }
  /** It does not follow what this site has told: it was altered, or the site was copied. No repetition helps. */
  | { readonly kind: 'refused'; readonly why: string };

/** What the ended requests of one tenant came to on one site in one month. */
export interface SiteMonth {
  readonly month: PeriodUsage;
  /** By day since the epoch. */
  readonly days: ReadonlyMap<number, PeriodUsage>;
  readonly keys: ReadonlyMap<string, PeriodUsage>;
}

export interface KnownSite {
  readonly site: string;
  readonly state: SiteState;
}

/** What the centre knows of its sites. A site's audit chain stands in the audit log as the site's own, and `AuditLog.verify` covers it. */
export interface SiteIntake {
  /** Takes report n+1 of a journal after n, once. Another caller at the same time, or a crash at any point, changes nothing about that. */
  take(site: string, report: SiteReport): Promise<IntakeAnswer>;
  /** @param month Months since year 0. */
  usage(site: string, tenant: string, month: number): Promise<SiteMonth>;
  /** All sites that have ever told their state, by name. */
  sites(): Promise<readonly KnownSite[]>;
}
