import { SiteState, type SiteReport } from '@plinth/contracts';
import { chainPk, headPk, segmentSk } from '../../aws/audit-keys.ts';
import { countOf, keyOf, part, text, textOf } from '../../aws/attributes.ts';
import { ConditionFailed, type Item } from '../../aws/dynamo-caller.ts';
import type { DynamoTable } from '../../aws/dynamo-table.ts';
import { UpdateExpression } from '../../aws/expression.ts';
import { CHAIN_START } from '../../audit/chain-hash.ts';
import { checkSegment, type ChainHead } from '../../audit/segment.ts';
import type { IntakeAnswer, KnownSite, SiteIntake, SiteMonth } from '../site-intake.ts';
import { groupsOf, monthOf, requireBelow, usageKey, usageUpdate } from './usage-item.ts';

export interface IntakeTables {
  readonly audit: DynamoTable;
  readonly ledger: DynamoTable;
  readonly records: DynamoTable;
}

/** The head of a site's chain, which also says whose it is and which report was taken last. */
interface Head extends ChainHead {
  readonly number: number;
}

const SITES_PK = 'sites';
const OTHERS = 'the chain belongs to somebody else';
const FORKED = 'the chain forks: another report of this number was taken before, as happens when a volume is copied';

/**
 * Reports in the tables of the centre. A report is taken in steps, each of which is one conditional write that changes nothing the second time: the
 * segment of the chain, the use of each tenant, and at last the head, which moves from report n to n+1 alone. So there is no point at which a crash
 * or a second caller does harm, and no transaction.
 */
export class DynamoSiteIntake implements SiteIntake {
  readonly #tables: IntakeTables;

  constructor(tables: IntakeTables) {
    this.#tables = tables;
  }

  async take(site: string, report: SiteReport): Promise<IntakeAnswer> {
    const { journal, number, audit, usage, state } = report;
    const found = await this.#tables.audit.get(headKey(journal));
    if (found !== undefined && textOf(found, 'site') !== site) return { kind: 'refused', why: OTHERS };
    const head = headOf(found);
    if (number > head.number + 1) return { kind: 'early', missing: head.number + 1 };
    if (number <= head.number)
      return (await this.#isTaken(report)) ? { kind: 'known' } : { kind: 'refused', why: FORKED };

    const checked = audit ? checkSegment(journal, head, audit.first, audit.lines) : { head };
    if (checked.problem !== undefined) return { kind: 'refused', why: checked.problem };
    if (!(await this.#putSegment(report))) return { kind: 'refused', why: FORKED };
    for (const group of groupsOf(usage)) {
      const key = usageKey(site, group.tenant, group.month);
      await ifStill(this.#tables.ledger.update(key, usageUpdate(group, journal, number)));
    }
    // False where another caller with the same report was faster, who then counts it.
    const moved = await ifStill(this.#tables.audit.update(headKey(journal), headUpdate(site, number, checked.head)));
    if (state !== undefined) await this.#putState(site, state);
    return { kind: moved ? 'taken' : 'known' };
  }

  async usage(site: string, tenant: string, month: number): Promise<SiteMonth> {
    return monthOf((await this.#tables.ledger.get(usageKey(site, tenant, month))) ?? {});
  }

  async sites(): Promise<readonly KnownSite[]> {
    const sites: KnownSite[] = [];
    for await (const page of this.#tables.records.query({ pk: SITES_PK }))
      for (const item of page)
        sites.push({
          site: decodeURIComponent(textOf(item, 'sk')),
          state: SiteState.parse(JSON.parse(textOf(item, 'state'))),
        });
    return sites;
  }

  /** False when other entries stand there. */
  async #putSegment({ journal, audit }: SiteReport): Promise<boolean> {
    if (audit === undefined) return true;
    const { first, lines } = audit;
    const item = { ...segmentKey(journal, first), lines: text(lines) };
    return (await ifStill(this.#tables.audit.put(item, true))) || this.#holds(journal, first, lines);
  }

  /** Whether a report of a number that was taken says what was taken. One without audit entries leaves nothing to hold it to. */
  async #isTaken({ journal, audit }: SiteReport): Promise<boolean> {
    return audit === undefined || this.#holds(journal, audit.first, audit.lines);
  }

  async #holds(journal: string, first: number, lines: string): Promise<boolean> {
    const stored = await this.#tables.audit.get(segmentKey(journal, first));
    return stored !== undefined && textOf(stored, 'lines') === lines;
  }

  async #putState(site: string, state: SiteState): Promise<void> {
    const update = new UpdateExpression();
    requireBelow(update, 'at', state.at);
    update.set('at', state.at);
    update.set('state', JSON.stringify(state));
    await ifStill(this.#tables.records.update(keyOf(SITES_PK, part(site)), update));
  }
}

const headKey = (journal: string): Item => keyOf(headPk(journal), journal);
const segmentKey = (journal: string, first: number): Item => keyOf(chainPk(journal), segmentSk(first));

function headOf(item: Item | undefined): Head {
  if (item === undefined) return { sequence: 0, hash: CHAIN_START, number: 0 };
  return { sequence: countOf(item, 'sequence'), hash: textOf(item, 'hash'), number: countOf(item, 'number') };
}

function headUpdate(site: string, number: number, { sequence, hash }: ChainHead): UpdateExpression {
  const update = new UpdateExpression();
  if (number === 1) update.requireAbsent('pk');
  else update.requireEqual('number', number - 1);
  update.set('number', number);
  update.set('sequence', sequence);
  update.set('hash', hash);
  update.set('site', site);
  return update;
}

/** Whether the condition of a write held: false means that it has been made before, or that others have gone on since. */
async function ifStill(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
