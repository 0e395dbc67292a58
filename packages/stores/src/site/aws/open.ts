import { DynamoCaller } from '../../aws/dynamo-caller.ts';
import { DynamoTable } from '../../aws/dynamo-table.ts';
import type { DynamoStoresOptions } from '../../aws/open.ts';
import type { SiteIntake } from '../site-intake.ts';
import { DynamoSiteIntake } from './dynamo-site-intake.ts';

/** What sites tell, in the tables of the other stores. */
export function openDynamoSiteIntake(options: Omit<DynamoStoresOptions, 'clock'>): SiteIntake {
  const caller = new DynamoCaller(options.client);
  return new DynamoSiteIntake({
    audit: new DynamoTable(caller, options.auditTable),
    ledger: new DynamoTable(caller, options.ledgerTable),
    records: new DynamoTable(caller, options.recordsTable),
  });
}
