import { openFile } from '../../embedded/database.ts';
import { serve } from '../../embedded/serve.ts';
import { Engine } from './engine.ts';
import { MIGRATIONS } from './schema.ts';

serve((settings) => {
  const db = openFile(settings, MIGRATIONS);
  const engine = new Engine(db);
  return { db, run: (operations) => engine.run(operations) };
});
