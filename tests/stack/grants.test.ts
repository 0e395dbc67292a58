import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AuditTable, LedgerTable, RecordsTable, type Statement } from '@plinth/infra';
import { registered } from '@plinth/infra/testing';
import { describe, expect, it } from 'vitest';

const ADAPTERS = resolve(import.meta.dirname, '../../packages/stores/src/aws');

/** IAM actions of the commands an adapter sends: each command is named after its action. */
function actionsOf(...files: string[]): string[] {
  const commands = files.flatMap((file) =>
    [...readFileSync(join(ADAPTERS, file), 'utf8').matchAll(/new sdk\.(\w+)Command\(/g)].map(
      ([, command]) => `dynamodb:${command}`,
    ),
  );
  return [...new Set(commands)].sort();
}

describe('what the service is granted on its tables', () => {
  it.each([
    ['ledger', ['dynamo-ledger.ts'], (args: { keyArn: string }) => new LedgerTable('ledger', args).grantReadWrite()],
    [
      'records',
      ['dynamo-key-store.ts', 'dynamo-conversation-store.ts'],
      (args: { keyArn: string }) => new RecordsTable('records', args).grantReadWrite(),
    ],
    ['audit', ['dynamo-audit-log.ts'], (args: { keyArn: string }) => new AuditTable('audit', args).grantAppend()],
  ])('covers every command its adapter sends: %s', async (_, files, grant) => {
    let statement: Statement | undefined;
    await registered(() => (statement = grant({ keyArn: 'arn:key' })));
    const needed = actionsOf(...files);
    expect(needed.length).toBeGreaterThan(0);
    expect(statement?.Action).toEqual(expect.arrayContaining(needed));
  });
});
