import { openDatabase } from './database.ts';
import { Engine } from './engine.ts';
import { serve } from './serve.ts';

serve((settings) => {
  const db = openDatabase(settings);
  const engine = new Engine(db, settings);
  return { db, run: (operations) => engine.run(operations) };
});
