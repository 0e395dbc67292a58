import type { SiteState } from '@plinth/contracts';
import type { GroupCommit } from '../../embedded/group-commit.ts';
import type { ReportJournal, WrittenReport } from '../report-journal.ts';

/** Reports cut from the audit log and the ledger of the same file. */
export class EmbeddedReportJournal implements ReportJournal {
  readonly #queue: GroupCommit;

  constructor(queue: GroupCommit) {
    this.#queue = queue;
  }

  async next(state?: SiteState): Promise<WrittenReport | undefined> {
    return this.#queue.call('nextReport', state);
  }

  async taken(number: number): Promise<void> {
    await this.#queue.call('reportTaken', number);
  }
}
