import { join } from 'node:path';
import { openEmbeddedStores } from '@plinth/stores/embedded';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder } from '../workspace.ts';
import { openPlinth } from '../testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeEach(async () => {
  plinth = await openPlinth();
  const stores = await openEmbeddedStores({ folder: dataFolder(plinth.state) });
  for (let n = 1; n <= 3; n++)
    await stores.audit.append([
      { at: n, requestId: `r${n}`, action: 'chat.completion', outcome: 'allowed', tenant: 'acme', nanoUsd: 500 },
    ]);
  await stores.close();
});
afterEach(() => plinth.close());

/** Changes the database file behind the platform's back. */
function tamper(sql: string): void {
  const database = new Database(join(dataFolder(plinth.state), 'plinth.db'));
  const { changes } = database.prepare(sql).run([]);
  database.close();
  expect(changes).toBe(1);
}

describe('plinth audit verify', () => {
  it('holds for an untouched log, and says of how much', async () => {
    expect(await plinth.run('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: 'The audit log holds: 3 records in 1 chain(s).\n',
    });
  });

  it.each([
    [
      'a changed amount',
      `UPDATE audit_segments SET lines = replace(lines, '"nanoUsd":500', '"nanoUsd":5') WHERE first = 2`,
      2,
    ],
    ['a record taken out', 'DELETE FROM audit_segments WHERE first = 2', 2],
    ['a log cut short', 'DELETE FROM audit_segments WHERE first = 3', 3],
    ['a log cut short together with its head', 'DELETE FROM audit_head', 0],
  ])('finds %s', async (_name, sql, sequence) => {
    tamper(sql);
    const { code, stdout } = await plinth.run('audit', 'verify', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, sequence });
  });

  it('says where it is broken', async () => {
    tamper('DELETE FROM audit_segments WHERE first = 2');
    const { code, stdout } = await plinth.run('audit', 'verify');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^The audit log is broken at record 2 of chain \S+: records 2 to 2 are missing\n$/);
  });
});
