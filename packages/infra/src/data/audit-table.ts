import * as pulumi from '@pulumi/pulumi';
import type { Statement } from '../iam/statement.ts';
import { encryptedTable, type TableArgs } from './encrypted-table.ts';

/** The hash-chained audit trail. Nothing expires, and no grant deletes. */
export class AuditTable extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;

  constructor(name: string, args: TableArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:AuditTable', name, {}, opts);
    const table = encryptedTable(name, args, false, { parent: this });
    this.arn = table.arn;
    this.tableName = table.name;
    this.registerOutputs({ arn: this.arn, tableName: this.tableName });
  }

  /** Append entries and move chain heads (UpdateItem). Whoever holds this can never delete an entry; changing one breaks the chain, which `plinth audit verify` finds. */
  grantAppend(): Statement {
    return {
      Sid: 'AuditAppend',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
      Resource: [this.arn],
    };
  }
}
