import { openServerDatabase, openTemporaryDatabase } from '../database/testing/open-databases.ts';
import { describeReembedSuite } from './testing/reembed-suite.ts';

describeReembedSuite('PGlite', openTemporaryDatabase);

const server = process.env['PLINTH_PG_URL'];
if (server !== undefined) describeReembedSuite('a PostgreSQL server', () => openServerDatabase(server));
