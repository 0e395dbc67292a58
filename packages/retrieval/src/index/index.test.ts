import { openServerDatabase, openTemporaryDatabase } from '../database/testing/open-databases.ts';
import { describeIndexSuite } from './testing/index-suite.ts';

describeIndexSuite('PGlite', openTemporaryDatabase);

const server = process.env['PLINTH_PG_URL'];
if (server !== undefined) describeIndexSuite('a PostgreSQL server', () => openServerDatabase(server));
