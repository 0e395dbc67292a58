import { openServerDatabase, openTemporaryDatabase } from '../database/testing/open-databases.ts';
import { describeLeakSuite } from './testing/leak-suite.ts';

describeLeakSuite('PGlite', openTemporaryDatabase, 10_000);

const server = process.env['PLINTH_PG_URL'];
if (server !== undefined) describeLeakSuite('a PostgreSQL server', () => openServerDatabase(server), 10_000);
