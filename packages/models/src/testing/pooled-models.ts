import type { CatalogModel, ModelPool, ModelTarget } from '@plinth/contracts';
import { openaiCatalogModel } from './openai-harness.ts';

export type PooledCatalogModel = CatalogModel & { readonly target: Extract<ModelTarget, { kind: 'pools' }> };

/** A pool as a test needs it; its members' targets are nowhere, since tests bring their clients. */
export type PoolSketch = Pick<ModelPool, 'id' | 'owner'> &
  Partial<Omit<ModelPool, 'members'>> & {
    readonly members: readonly { readonly id: string; readonly slots?: number }[];
  };

/** A model with these pools, all of its features and, at every place, prices of nothing. */
export function pooledCatalogModel(
  sketches: readonly PoolSketch[],
  target: Partial<PooledCatalogModel['target']> = {},
): PooledCatalogModel {
  const model = openaiCatalogModel('http://127.0.0.1:1');
  const pools = sketches.map((sketch): ModelPool => ({
    local: false,
    canaryShare: 0,
    price: { input: 0, output: 0 },
    ...sketch,
    members: sketch.members.map(({ id, slots = 4 }) => ({
      id,
      slots,
      maxSlots: slots,
      target: { kind: 'openai', baseUrl: 'http://127.0.0.1:1', modelId: id },
    })),
  }));
  return { ...model, target: { kind: 'pools', pools, ...target } };
}
