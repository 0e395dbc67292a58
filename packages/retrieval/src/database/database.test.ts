import { describeDatabaseSuite } from './testing/database-suite.ts';
import { openServerDatabase, openTemporaryDatabase } from './testing/open-databases.ts';

describeDatabaseSuite('PGlite', openTemporaryDatabase);

const server = process.env['PLINTH_PG_URL'];
if (server !== undefined) describeDatabaseSuite('a PostgreSQL server', () => openServerDatabase(server));
