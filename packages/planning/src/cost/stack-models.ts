import { tokenPrices, type LoadProfile, type TokenPrices, type UnitPrice } from '@plinth/sizing';
import * as z from 'zod';
import type { PlannedResource } from '../plan.ts';
import { at } from './read.ts';

const Setting = z.looseObject({
  id: z.string(),
  price: z.object({ input: z.number(), output: z.number(), cachedInput: z.number().optional() }).optional(),
});
type Setting = z.infer<typeof Setting>;

/** A model a stack offers through an inference profile. */
export interface StackModel {
  readonly urn: string;
  /** Name of the profile in the stack. */
  readonly name: string;
  /** The model it leads to, `us.amazon.nova-lite-v1:0`; `undefined` when it is not yet known. */
  readonly modelId: string | undefined;
  readonly prices: TokenPrices | undefined;
  /** Part of the requests at the load. */
  readonly share: number;
}

export interface StackModels {
  readonly all: readonly StackModel[];
  /** The one whose tokens cost most: the worst case is that all go there. */
  readonly dearest: StackModel | undefined;
}

const PROFILE = 'aws:bedrock/inferenceProfile:InferenceProfile';

export function stackModels(
  resources: readonly PlannedResource[],
  setting: (name: string) => unknown,
  load: LoadProfile | null,
): StackModels {
  const settings = z.array(Setting).safeParse(setting('models')).data ?? [];
  const profiles = resources.filter(({ type, kind }) => type === PROFILE && kind === 'resource');
  const all = profiles.map(({ urn, name, props }, index): StackModel => {
    const own = settings.find(({ id }) => id === name);
    const modelId = /[^/]+$/.exec(textOf(at(props, 'modelSource.copyFrom')))?.[0];
    return {
      urn,
      name,
      modelId,
      prices: (modelId === undefined ? undefined : tokenPrices(modelId)) ?? configuredPrices(own),
      share: load?.modelShares === undefined ? Number(index === 0) : (load.modelShares[name] ?? 0),
    };
  });
  return { all, dearest: all.toSorted((a, b) => dearness(b) - dearness(a))[0] };
}

/** US dollars of a million tokens of each kind. */
function dearness({ prices }: StackModel): number {
  return prices === undefined ? 0 : prices.input.usd + prices.output.usd;
}

/** Prices the stack itself meters by, where the public data have none for exactly this model. */
function configuredPrices(setting: Setting | undefined): TokenPrices | undefined {
  if (setting?.price === undefined) return undefined;
  const price = (usd: number): UnitPrice => ({
    usd,
    unit: '1M tokens',
    source: "the stack's own configuration, by which it meters",
    asOf: 'see there',
  });
  const { input, output, cachedInput } = setting.price;
  return {
    input: price(input),
    output: price(output),
    cachedInput: cachedInput === undefined ? undefined : price(cachedInput),
  };
}

function textOf(value: ReturnType<typeof at>): string {
  return typeof value === 'string' ? value : '';
}
