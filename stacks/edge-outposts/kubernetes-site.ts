import {
  CertificateRole,
  EDGE_MODEL_URL,
  KubernetesEdge,
  KubernetesInference,
  PodRole,
  s3Uri,
  StackError,
  type EdgeIdentity,
  type KubernetesEdgeArgs,
} from '@plinth/infra';
import type * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { grantWeights } from './centre.ts';
import { clusterOf } from './cluster-access.ts';
import type { KubernetesSite, OutpostsEksSite } from './site-config.ts';
import { siteStatements, siteVariables, type Centre, type DeployedSite } from './site.ts';

type PodSite = KubernetesSite | OutpostsEksSite;
const GATEWAY = 'edge';
const MODEL = 'model';

/** A site whose gateway is a pod: on an Outpost, on premises, anywhere. */
export function kubernetesSite(site: PodSite, centre: Centre, opts: pulumi.ComponentResourceOptions): DeployedSite {
  const provider = clusterOf(site, opts);
  const modelNamespace = site.model.kind === 'vllm' ? `${site.namespace}-model` : undefined;
  const modelUrl = modelNamespace === undefined ? EDGE_MODEL_URL : `http://${MODEL}.${modelNamespace}.svc`;
  if (modelNamespace !== undefined) gpuModel(site, modelNamespace, provider, centre, opts);
  return new KubernetesEdge(
    `site-${site.name}`,
    {
      provider,
      name: GATEWAY,
      namespace: site.namespace,
      image: imageOf(site, 'edge', centre),
      pullSecret: site.pullSecret,
      environment: siteVariables(site, centre, modelUrl),
      resources: site.gateway,
      model: cpuModel(site),
      identity: identityOf(site, centre, opts),
      network: {
        callers: site.callers,
        monitoring: site.monitoring,
        aws: site.awsRanges,
        podIdentity: site.identity.kind === 'pod-identity',
        modelNamespace,
      },
      volume: site.volume,
      nodeSelector: nodesOf(site),
    },
    opts,
  );
}

/** The image as the site pulls it: from the centre, or a copy with the same digest. */
function imageOf(site: PodSite, image: 'edge' | 'vllm', { config, supply }: Centre): pulumi.Input<string> {
  const digest = config.images[image];
  if (digest === undefined) throw new StackError(`Set images.${image}: ${site.name} runs it.`);
  return site.mirror === undefined ? supply.repositories[image].image(digest) : `${site.mirror}/${image}@${digest}`;
}

function nodesOf(site: PodSite): Readonly<Record<string, string>> | undefined {
  return site.kind === 'outposts-eks' ? site.nodeSelector : undefined;
}

function identityOf(site: PodSite, centre: Centre, opts: pulumi.ComponentResourceOptions): EdgeIdentity {
  const statements = siteStatements(site, centre);
  const description = `Edge site ${site.name}.`;
  if (site.kind === 'outposts-eks' && site.identity.kind === 'pod-identity') {
    const { clusterName, namespace } = site;
    new PodRole(
      `site-${site.name}`,
      { clusterName, namespace, serviceAccount: GATEWAY, description, statements },
      opts,
    );
    return { kind: 'pod-identity' };
  }
  const { anchor } = centre.supply;
  if (site.identity.kind !== 'certificate' || anchor === undefined)
    throw new StackError(`Name who issues the certificate of ${site.name}: set authority.`);
  const role = new CertificateRole(
    `site-${site.name}`,
    { description, anchor, commonName: site.name, statements },
    opts,
  );
  return { kind: 'certificate', identity: role.identity, secretName: site.identity.certificateSecret };
}

function cpuModel({ model }: PodSite): KubernetesEdgeArgs['model'] {
  if (model.kind !== 'cpu') return undefined;
  return {
    environment: {
      PLINTH_MODEL: model.name,
      PLINTH_CONTEXT_TOKENS: String(model.contextTokens),
      PLINTH_THREADS: String(model.threads),
    },
    resources: { cpu: model.cpu, memory: model.memory },
  };
}

/** vLLM beside the gateway, in a namespace that only the gateway's may call. */
function gpuModel(
  site: PodSite,
  namespace: string,
  provider: kubernetes.Provider,
  centre: Centre,
  opts: pulumi.ComponentResourceOptions,
): void {
  const { model } = site;
  if (model.kind !== 'vllm') return;
  const { ground, supply } = centre;
  const fromBucket = model.weights.kind === 'bucket';
  if (site.kind === 'outposts-eks' && fromBucket)
    new PodRole(
      `site-${site.name}-model`,
      {
        clusterName: site.clusterName,
        namespace,
        serviceAccount: MODEL,
        description: `Weights of ${model.name} for ${site.name}.`,
        statements: grantWeights(ground, supply, model.name),
      },
      opts,
    );
  new KubernetesInference(
    `site-${site.name}-model`,
    {
      provider,
      name: MODEL,
      namespace,
      image: imageOf(site, 'vllm', centre),
      engine: { kind: 'vllm', maxModelLen: model.contextTokens },
      model: {
        name: model.name,
        source: fromBucket
          ? s3Uri({ bucketName: supply.weights.bucketName, prefix: `models/${model.name}` })
          : `/models/${model.name}`,
        digest: model.digest,
      },
      cache:
        model.weights.kind === 'bucket'
          ? { kind: 'pod-volume', sizeGb: model.weights.cacheGb, storageClass: site.volume.storageClass }
          : { kind: 'claim', claimName: model.weights.claimName },
      scaling: { kind: 'fixed', replicas: 1 },
      network: {
        callers: [site.namespace],
        monitoring: site.monitoring,
        modelSources: fromBucket ? site.awsRanges : [],
        podIdentity: fromBucket,
      },
      resources: { cpu: model.cpu, memory: model.memory, gpu: { count: model.gpus } },
      nodeSelector: nodesOf(site),
    },
    opts,
  );
}
