import {
  ESSENTIAL_SERVICES,
  Network,
  VpcEndpoints,
  WorkloadGroup,
  type EndpointServiceName,
  type Placement,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';

/** A network without internet, its doors to AWS, and a security group for each thing that calls others. */
export interface ClosedNetwork {
  readonly network: Network;
  readonly doors: VpcEndpoints;
  readonly query: WorkloadGroup;
  readonly ingest: WorkloadGroup;
  /** Of models we host: they fetch weights and call nobody else. */
  readonly model: WorkloadGroup;
}

const POSTGRES = 5432;

export function closedNetwork(
  config: EnterpriseRagConfig,
  { placement, dataKeyArn }: { readonly placement: Placement; readonly dataKeyArn: pulumi.Output<string> },
  opts: pulumi.ComponentResourceOptions,
): ClosedNetwork {
  const { zones, cidrBlock, endpointZones } = config.network;
  const network = new Network(
    'rag',
    {
      shape: 'isolated',
      placement,
      zones,
      cidrBlock,
      logGroupName: `/plinth/${pulumi.getStack()}/rag-flow`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
    },
    opts,
  );
  const doors = new VpcEndpoints(
    'rag',
    {
      placement,
      network: {
        vpcId: network.vpcId,
        cidrBlock: network.cidrBlock,
        routeTableIds: network.routeTableIds,
        subnetIds: network.subnetIds.apply((ids) => ids.slice(0, endpointZones ?? ids.length)),
      },
      services: doorsOf(config),
    },
    opts,
  );
  const group = (name: string, description: string, ports: readonly number[]) =>
    new WorkloadGroup(name, { description, network, ports, endpoints: doors }, opts);
  const ports = config.retriever.kind === 'aurora' ? [443, POSTGRES] : [443];
  return {
    network,
    doors,
    query: group('query', 'Query function.', ports),
    ingest: group('ingest', 'Ingest function.', ports),
    model: group('model', 'Models we host, and the jobs that watch them.', [443]),
  };
}

/** Every AWS service that something in the network calls. */
export function doorsOf({ inference, retriever }: EnterpriseRagConfig): EndpointServiceName[] {
  return [
    ...ESSENTIAL_SERVICES,
    'xray',
    ...(retriever.kind === 'knowledge-base' ? (['bedrock-agent-runtime', 'bedrock-agent'] as const) : []),
    // The password of the tables' owner.
    ...(retriever.kind === 'aurora' ? (['secretsmanager'] as const) : []),
    ...(retriever.kind === 'aurora' && retriever.reranker !== undefined ? (['bedrock-agent-runtime'] as const) : []),
    ...(inference.kind === 'ecs' ? (['ecr.api', 'ecr.dkr', 'ecs', 'ecs-agent', 'ecs-telemetry'] as const) : []),
  ];
}
