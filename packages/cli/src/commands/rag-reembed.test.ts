import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocal, type RunningLocal } from '@plinth/local';
import { ScriptedEmbeddingEngine, ScriptedEngine } from '@plinth/local/testing';
import { openEmbeddedDatabase } from '@plinth/retrieval/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FilledIndex } from '../../../retrieval/src/index/testing/filled-index.ts';
import { runInProcess } from '../testing/in-process.ts';
import { ragCommand } from './rag.ts';

let state: string;
let local: RunningLocal;
const engine = new ScriptedEmbeddingEngine({ dimensions: 12 });
beforeAll(async () => {
  // Whoever has a server for other tests has not offered it to this one.
  delete process.env['PLINTH_PG_URL'];
  state = await mkdtemp(join(tmpdir(), 'plinth-reembed-'));
  local = await startLocal({ engine: new ScriptedEngine(), embeddingEngine: engine });
  const database = await openEmbeddedDatabase({ folder: folder(), sharedBuffersMb: 16 });
  const filled = await FilledIndex.open(database);
  await filled.put(
    { id: 'leave.md', groups: ['staff'], paragraphs: ['Leave is 25 days.', 'It expires in March.'] },
    { id: 'travel.md', groups: ['staff'], paragraphs: ['Travel is approved by Ann.'] },
  );
  await database.close();
});
afterAll(async () => {
  await local.close();
  await rm(state, { recursive: true });
});
const folder = () => join(state, 'retrieval', 'index');

const run = (args: Record<string, string>, ...flags: string[]) =>
  runInProcess(ragCommand(), ['reembed', ...Object.entries(args).flat(), ...flags], { PLINTH_STATE_DIR: state });
const NEW = () => ({ '--model': 'scripted-embeddings', '--dimensions': '12', '--embeddings': `${local.openaiUrl}/` });

describe('plinth rag reembed', () => {
  it('moves the index of this machine to another model, and says what services must do', async () => {
    const { code, stdout, stderr } = await run(NEW());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('The index is in space 2, of "scripted-embeddings"; 3 passages embedded.\n');
    expect(engine.requests.flat()).toEqual(expect.arrayContaining([expect.stringContaining('Leave is 25 days.')]));
  });

  it('has nothing to do the second time, in JSON too', async () => {
    const { stdout } = await run(NEW(), '--drop', '--json');
    expect(JSON.parse(stdout)).toEqual({ model: 'scripted-embeddings', space: 2, passages: 0, dropped: 0 });
  });

  it('waits for nobody who has the index open', async () => {
    const database = await openEmbeddedDatabase({ folder: folder(), sharedBuffersMb: 16 });
    const refused = await run(NEW());
    await database.close();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') });
  });

  it('leaves the index as it was where the model does not answer as told', async () => {
    const wrong = await run({ ...NEW(), '--dimensions': '13' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('a vector of 12 numbers') });
    expect(JSON.parse((await run(NEW(), '--json')).stdout)).toMatchObject({ space: 2, passages: 0 });
  });

  it.each<[Record<string, string>, string]>([
    [{ '--dimensions': 'many' }, '--dimensions is a whole number'],
    [{ '--embeddings': 'bedrock' }, '--embeddings is an address'],
    [{ '--database': 'mysql://db' }, 'postgres://'],
  ])('refuses %j', async (change, words) => {
    expect(await run({ ...NEW(), ...change })).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  });

  it('says where it looked for an index that is not there', async () => {
    const args = ['reembed', ...Object.entries(NEW()).flat()];
    const nowhere = await runInProcess(ragCommand(), args, { PLINTH_STATE_DIR: join(state, 'elsewhere') });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no index in') });
  });
});
