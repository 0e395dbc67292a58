import type { SiteState } from '@plinth/contracts';

/** A report as it was written down; it does not change any more. */
export interface WrittenReport {
  readonly number: number;
  /** JSON of a `SiteReport`. */
  readonly body: string;
  /** False of one that was given out before. */
  readonly fresh: boolean;
}

/**
 * What a site has to tell the centre, cut into numbered reports. A report is durable before it is given out, so that whoever sends it again after a
 * crash sends the same.
 */
export interface ReportJournal {
  /**
   * The oldest report that was not taken, or a new one of what has happened since the last: audit entries in the order of their chain, and what ended
   * requests came to. `undefined` when there is nothing to tell. @param state Told with a new report, which there then is in any case.
   */
  next(state?: SiteState): Promise<WrittenReport | undefined>;
  /** It was taken: it is not given out again. */
  taken(number: number): Promise<void>;
}
