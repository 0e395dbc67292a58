import * as pulumi from '@pulumi/pulumi';
import type { Statement } from '../iam/statement.ts';
import { encryptedTable, type TableArgs } from './encrypted-table.ts';

/** Budgets and reservations: one item per tenant holds all its counters. Nothing in it expires by itself, a ledger settles. */
export class LedgerTable extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;

  constructor(name: string, args: TableArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:LedgerTable', name, {}, opts);
    const table = encryptedTable(name, args, false, { parent: this });
    this.arn = table.arn;
    this.tableName = table.name;
    this.registerOutputs({ arn: this.arn, tableName: this.tableName });
  }

  /** Reserve, settle and renew in one item, and find what expired: the sweep looks over every tenant, one item each. */
  grantReadWrite(): Statement {
    return {
      Sid: 'LedgerReadWrite',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Scan'],
      Resource: [this.arn],
    };
  }
}
