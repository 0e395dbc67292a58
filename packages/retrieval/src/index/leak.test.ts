import { openTemporaryDatabase } from '../database/testing/open-databases.ts';
import { describeLeakSuite } from './testing/leak-suite.ts';

describeLeakSuite('PGlite', openTemporaryDatabase, 400);
