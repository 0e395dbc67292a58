import type { EnterpriseRagConfig } from '../config.ts';
import { RERANKERS } from './retriever.ts';

interface Contradiction {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Settings that are sound one by one, and not together: each with the setting to change and what to set. */
export function contradictions(config: EnterpriseRagConfig): Contradiction[] {
  return [...ofPlace(config), ...ofData(config), ...ofProduction(config)];
}

function* ofPlace({ region, network, inference, retriever }: EnterpriseRagConfig): Generator<Contradiction> {
  for (const [index, zone] of network.zones.entries())
    if (!zone.startsWith(region))
      yield { path: ['network', 'zones', index], message: `${zone} is no zone of ${region}, such as ${region}a` };
  if ((network.endpointZones ?? 0) > network.zones.length)
    yield {
      path: ['network', 'endpointZones'],
      message: `set it to ${network.zones.length} at most: there are no more zones`,
    };
  if (
    inference.kind === 'bedrock' &&
    !inference.systemProfile.startsWith('global.') &&
    !inference.regions.includes(region)
  )
    yield {
      path: ['inference', 'regions'],
      message: `add ${region}, or choose a profile that serves it: a profile is called in one of its own Regions`,
    };
  const reranker = retriever.kind === 'aurora' ? retriever.reranker : undefined;
  if (reranker !== undefined && !(RERANKERS[reranker] as readonly string[]).includes(region))
    yield {
      path: ['retriever', 'reranker'],
      message: `${region} does not serve ${reranker}, but ${RERANKERS[reranker].join(', ')} do: set another, or leave it out`,
    };
}

function* ofData({ tags, retriever }: EnterpriseRagConfig): Generator<Contradiction> {
  if (
    tags['data-class'] === 'restricted' &&
    retriever.kind === 'aurora' &&
    retriever.embedding.kind === 'sagemaker-serverless'
  )
    yield {
      path: ['retriever', 'embedding', 'kind'],
      message: 'serverless endpoints stand in no VPC, and restricted data may not leave it: set bedrock or sagemaker',
    };
}

function* ofProduction({ tags, inference, retriever, network }: EnterpriseRagConfig): Generator<Contradiction> {
  if (tags.environment !== 'production') return;
  if (inference.kind !== 'bedrock' && inference.scaling.min < 2)
    yield { path: ['inference', 'scaling', 'min'], message: 'production survives the loss of a zone: set 2 or more' };
  if (retriever.kind === 'aurora' && retriever.instances < 2)
    yield { path: ['retriever', 'instances'], message: 'production survives the loss of a zone: set 2' };
  if (retriever.kind === 'aurora' && retriever.capacity.mode === 'pauses')
    yield {
      path: ['retriever', 'capacity', 'mode'],
      message: 'the first question after a pause waits for about 15 seconds: set always-on in production',
    };
  if (network.endpointZones === 1)
    yield {
      path: ['network', 'endpointZones'],
      message: 'production survives the loss of a zone: set 2, or leave it out',
    };
}
