import { join } from 'node:path';
import type { Amount } from '@plinth/stores';
import type { BatchStore } from '@plinth/stores/batches';
import { openEmbeddedBatches } from '@plinth/stores/batches/embedded';
import type { ObjectStore } from '@plinth/stores/objects';
import { openEmbeddedObjects } from '@plinth/stores/objects/embedded';

export const TRIAL = {
  batchId: 'batch_trial',
  tenant: 'acme',
  output: 'output',
  errors: 'errors',
  shardKey: (number: number) => `shards/${number}`,
} as const;

/** What all processes of a trial have open. */
export async function openTrial(
  folder: string,
): Promise<{ readonly store: BatchStore; readonly objects: ObjectStore }> {
  return {
    store: await openEmbeddedBatches({ folder: join(folder, 'store') }),
    objects: await openEmbeddedObjects({ folder: join(folder, 'objects') }),
  };
}

export function trialRequest(number: number): string {
  const body = { model: 'small', messages: [{ role: 'user', content: `Say ${number}` }] };
  return JSON.stringify({ custom_id: `r${number}`, method: 'POST', url: '/v1/chat/completions', body });
}

export const numberOf = (customId: string): number => Number(customId.slice(1));

/** Some records are refused. */
export const isRefused = (number: number): boolean => number % 97 === 13;

/** What a record costs, another amount for another record. */
export function costOf(number: number): Amount {
  return { inputTokens: 1 + (number % 17), outputTokens: 1 + (number % 5), nanoUsd: 100 + (number % 1_009) };
}
