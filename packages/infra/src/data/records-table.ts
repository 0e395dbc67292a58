import * as pulumi from '@pulumi/pulumi';
import type { Statement } from '../iam/statement.ts';
import { encryptedTable, type TableArgs } from './encrypted-table.ts';

/** API keys, tenants and conversations. An item with `expiresAt` is deleted after that time. */
export class RecordsTable extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;

  constructor(name: string, args: TableArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:RecordsTable', name, {}, opts);
    const table = encryptedTable(name, args, true, { parent: this });
    this.arn = table.arn;
    this.tableName = table.name;
    this.registerOutputs({ arn: this.arn, tableName: this.tableName });
  }

  /** Read and write records by key. No Scan: nobody needs every tenant's records at once. */
  grantReadWrite(): Statement {
    return {
      Sid: 'RecordsReadWrite',
      Effect: 'Allow',
      Action: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
      ],
      Resource: [this.arn],
    };
  }
}
