// A process of tests that writes one row a transaction and says so once each is committed, until it is killed. Arguments: folder, first number.
import { openEmbeddedDatabase } from '../embedded/index.ts';

const [, , folder, first] = process.argv;
const database = await openEmbeddedDatabase({ folder: folder!, sharedBuffersMb: 32 }).catch((error: Error) => {
  process.stdout.write(`refused ${error.message}\n`);
  process.exit(2);
});
await database.transaction({ role: 'owner' }, (sql) =>
  sql.query('CREATE TABLE IF NOT EXISTS public.kept (n integer PRIMARY KEY, filler text)'),
);
for (let n = Number(first); ; n++) {
  await database.transaction({ role: 'owner' }, (sql) =>
    sql.query(`INSERT INTO public.kept VALUES ($1, repeat('x', 2000))`, [n]),
  );
  process.stdout.write(`${n}\n`);
}
