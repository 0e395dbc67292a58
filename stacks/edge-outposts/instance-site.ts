import {
  AccessLogBucket,
  EdgeService,
  InferenceService,
  InternalLoadBalancer,
  LocalZoneSubnet,
  OutpostSubnet,
  StackError,
  s3Uri,
  type PrivateSubnets,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { grantWeights } from './centre.ts';
import type { LocalZoneSite, OutpostsEcsSite } from './site-config.ts';
import { siteStatements, siteVariables, type Centre, type DeployedSite } from './site.ts';

type InstanceSite = LocalZoneSite | OutpostsEcsSite;

/**
 * A site of EC2 instances that ECS runs containers on: near people, or in the customer's building. Callers reach the gateway's load
 * balancer; the model's own admits the gateway alone, so that nobody passes ledger and guard by.
 */
export function instanceSite(site: InstanceSite, centre: Centre, opts: pulumi.ComponentResourceOptions): DeployedSite {
  const { config, ground, supply } = centre;
  const { placement, dataKeyArn, disposable } = ground;
  const { images } = config;
  if (images.edge === undefined || images.vllm === undefined)
    throw new StackError(`Set images.edge and images.vllm: ${site.name} runs both.`);
  const name = `site-${site.name}`;
  const network = siteSubnet(site, opts);
  const accessLogs = new AccessLogBucket(name, { placement, forceDestroy: disposable }, opts);
  const balancer = (of: string, hostName: string) =>
    new InternalLoadBalancer(
      of,
      {
        network,
        hostName,
        certificateArn: site.certificateArn,
        hostedZoneId: site.hostedZoneId,
        accessLogs,
        deletionProtection: !disposable,
      },
      opts,
    );
  const modelDoor = balancer(`${name}-model`, `model.${site.hostName}`);
  const door = balancer(name, site.hostName);
  for (const [caller, cidr] of Object.entries(site.callers)) door.admit(caller, { kind: 'range', cidr });

  const logs = { logKeyArn: dataKeyArn, logRetentionDays: config.logRetentionDays };
  const { model } = site;
  const service = new InferenceService(
    `${name}-model`,
    {
      placement,
      network,
      image: supply.repositories.vllm.image(images.vllm),
      pull: supply.repositories.vllm.grantPull(),
      engine: { kind: 'vllm', maxModelLen: model.contextTokens },
      model: {
        name: model.name,
        source: s3Uri({ bucketName: supply.weights.bucketName, prefix: `models/${model.name}` }),
        digest: model.digest,
      },
      modelStatements: grantWeights(ground, supply, model.name),
      capacity: {
        kind: 'ec2-gpu',
        instanceTypes: [model.instanceType],
        maxInstances: model.maxInstances,
        gpus: model.gpus,
        memoryMb: model.memoryMb,
        volumeType: model.volumeType,
      },
      scaling: { min: 1, max: model.maxInstances },
      loadBalancer: modelDoor,
      keyArn: dataKeyArn,
      logGroupName: `/plinth/${pulumi.getStack()}/edge/${site.name}-model`,
      ...logs,
    },
    opts,
  );
  const gateway = new EdgeService(
    name,
    {
      placement,
      network,
      clusterName: service.clusterName,
      image: supply.repositories.edge.image(images.edge),
      pull: supply.repositories.edge.grantPull(),
      environment: siteVariables(site, centre, modelDoor.url),
      statements: siteStatements(site, centre),
      loadBalancer: door,
      logGroupName: `/plinth/${pulumi.getStack()}/edge/${site.name}`,
      ...logs,
    },
    opts,
  );
  modelDoor.admit('gateway', { kind: 'security-group', id: gateway.securityGroupId });
  return { url: gateway.url, service: { clusterName: service.clusterName, serviceName: gateway.serviceName } };
}

function siteSubnet(site: InstanceSite, opts: pulumi.ComponentResourceOptions): PrivateSubnets {
  const { vpcId, subnetCidr } = site.vpc;
  const shared = { network: { vpcId }, zone: site.zone, cidrBlock: subnetCidr };
  const name = `site-${site.name}`;
  const subnet =
    site.kind === 'local-zone'
      ? new LocalZoneSubnet(name, { ...shared, egress: { natGatewayId: site.natGatewayId } }, opts)
      : new OutpostSubnet(name, { ...shared, outpostArn: site.outpostArn, localGateway: site.localGateway }, opts);
  return { vpcId, subnetIds: [subnet.subnetId] };
}
