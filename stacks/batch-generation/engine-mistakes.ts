import { HOSTING_ENGINES, type EngineName, type EngineSettings } from './engine-settings.ts';
import type { ModelSettings } from './model-settings.ts';

interface Chosen {
  readonly region: string;
  readonly models: readonly ModelSettings[];
  readonly engines: EngineSettings;
  readonly network?: unknown;
  readonly files: { readonly recordsPerShard: number; readonly maxRecords: number };
}

interface Mistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Choices that are each right, and contradict one another. */
export function engineMistakes({ region, models, engines, network, files }: Chosen): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const wrong = (path: Mistake['path'], message: string) => mistakes.push({ path, message });
  const on = (Object.keys(engines) as EngineName[]).filter((name) => engines[name] !== undefined);
  const hosting = HOSTING_ENGINES.filter((name) => engines[name] !== undefined);
  const weights = models.filter(({ source }) => source.kind === 'weights');

  if (on.length === 0) wrong(['engines'], 'turn on one engine at least: bedrock, transform, async or spot');
  if (engines.bedrock !== undefined && weights.length === models.length)
    wrong(['engines', 'bedrock'], 'no model is Bedrock’s: add one to models, or leave bedrock out');
  if (hosting.length > 0 && weights.length === 0)
    wrong(
      ['models'],
      `${hosting.join(', ')} run weights of yours: add a model whose source is weights, or leave them out`,
    );
  if (weights.length > 1)
    wrong(['models'], 'name one model of your own weights: each engine loads one. Deploy a second stack for another');
  if (hosting.length > 0 && network === undefined)
    wrong(['network'], `${hosting.join(', ')} run machines: say where they stand`);
  if (hosting.length === 0 && network !== undefined)
    wrong(['network'], 'no engine runs machines, so it would stand idle and be paid for: leave it out');
  if (files.maxRecords < files.recordsPerShard) wrong(['files', 'maxRecords'], 'must not be below recordsPerShard');

  const seen = new Set<string>();
  for (const [index, { id, source, price }] of models.entries()) {
    if (seen.has(id)) wrong(['models', index, 'id'], `"${id}" is listed twice`);
    seen.add(id);
    const runs: readonly EngineName[] = source.kind === 'weights' ? HOSTING_ENGINES : ['bedrock'];
    for (const engine of Object.keys(price) as EngineName[])
      if (!runs.includes(engine))
        wrong(['models', index, 'price', engine], `${engine} does not run a model of this source`);
    const usable = runs.filter((engine) => engines[engine] !== undefined);
    for (const engine of usable)
      if (price[engine] === undefined)
        wrong(['models', index, 'price', engine], `say what a million tokens cost on ${engine}`);
    if (usable.length === 0 && on.length > 0)
      wrong(['models', index], `no engine that is on runs it: turn on ${runs.join(' or ')}, or leave the model out`);
    if (
      source.kind === 'cross-region-profile' &&
      !source.systemProfile.startsWith('global.') &&
      !source.regions.includes(region)
    )
      wrong(
        ['models', index, 'source', 'regions'],
        `add ${region}, or choose a profile that serves it: a profile is called in one of its own Regions`,
      );
  }
  return mistakes;
}
