import { createHash } from 'node:crypto';
import { eksDefaultNodes } from './eks-default-nodes.ts';
import { FromChild, type EstimatedResource, type EstimatedValue, type RemoteComponent } from './remote-component.ts';

export const CLUSTER = 'aws:eks/cluster:Cluster';
const ROLE = 'aws:iam/role:Role';
const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
const GROUP_RULE = 'aws:ec2/securityGroupRule:SecurityGroupRule';
const ADDON = 'aws:eks/addon:Addon';
const ENTRY = 'aws:eks/accessEntry:AccessEntry';
const ASSOCIATION = 'aws:eks/accessPolicyAssociation:AccessPolicyAssociation';
const OIDC = 'aws:iam/openIdConnectProvider:OpenIdConnectProvider';

type Inputs = Readonly<Record<string, EstimatedValue | undefined>>;
type Tags = Readonly<Record<string, EstimatedValue>>;

/** Inputs that the plugin hands to the cluster as they are. */
const HANDED_ON = ['name', 'version', 'enabledClusterLogTypes', 'upgradePolicy', 'deletionProtection'];

/**
 * What `eks.Cluster` 4.3 creates (its source, `nodejs/eks/cluster/cluster.ts`): the cluster and its role, security groups, plugins, access
 * entries, and the default nodes, each unless it is told to leave it. Auto mode, Fargate and `aws-auth` are left out: no stack uses them.
 */
export const eksCluster: RemoteComponent = {
  type: 'eks:index:Cluster',
  expand(name, raw) {
    const inputs = raw as Inputs;
    const tags = asTags(inputs['tags']);
    const groups = inputs['skipDefaultSecurityGroups'] !== true;
    const nodes = inputs['skipDefaultNodeGroup'] === true ? [] : eksDefaultNodes(name, tags);
    const children = [
      ...serviceRole(name, tags),
      ...(groups ? controlPlaneGroup(name, inputs, tags) : []),
      cluster(name, inputs, tags, groups),
      ...addons(name, inputs, tags),
      ...accessEntries(name, inputs['accessEntries']),
      ...(inputs['createOidcProvider'] === true ? [oidcProvider(name)] : []),
      ...(groups ? nodeGroup(name, inputs, tags) : []),
      ...nodes,
    ];
    return { children, outputs: outputsOf(name, inputs, { groups, nodes: nodes.length > 0 }) };
  },
};

const of = (name: string, property: string) => new FromChild(CLUSTER, `${name}-eksCluster`, property);

function serviceRole(name: string, tags: Tags): EstimatedResource[] {
  const role = `${name}-eksRole`;
  const policyArn = 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy';
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Action: ['sts:AssumeRole', 'sts:TagSession'], Effect: 'Allow', Principal: { Service: ['eks.amazonaws.com'] } },
    ],
  };
  return [
    {
      type: ROLE,
      name: `${role}-role`,
      inputs: {
        description: 'Allows EKS to manage clusters on your behalf.',
        assumeRolePolicy: JSON.stringify(trust),
        tags,
      },
    },
    {
      type: ATTACHMENT,
      // The plugin names an attachment by the policy's digest.
      name: `${role}-${createHash('sha1').update(policyArn).digest('hex').slice(0, 8)}`,
      inputs: { policyArn, role: new FromChild(ROLE, `${role}-role`, 'name') },
    },
  ];
}

function cluster(name: string, inputs: Inputs, tags: Tags, groups: boolean): EstimatedResource {
  const handedOn = HANDED_ON.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]] as const]));
  const subnetIds =
    inputs['subnetIds'] ?? [asList(inputs['publicSubnetIds']), asList(inputs['privateSubnetIds'])].flat();
  const key = inputs['encryptionConfigKeyArn'];
  return {
    type: CLUSTER,
    name: `${name}-eksCluster`,
    inputs: {
      ...Object.fromEntries(handedOn),
      roleArn: new FromChild(ROLE, `${name}-eksRole-role`, 'arn'),
      bootstrapSelfManagedAddons: inputs['bootstrapSelfManagedAddons'] ?? true,
      vpcConfig: {
        subnetIds,
        ...(groups && { securityGroupIds: [new FromChild(GROUP, `${name}-eksClusterSecurityGroup`, 'id')] }),
        ...present('endpointPrivateAccess', inputs['endpointPrivateAccess']),
        ...present('endpointPublicAccess', inputs['endpointPublicAccess']),
        ...present('publicAccessCidrs', inputs['publicAccessCidrs']),
      },
      ...(key !== undefined && { encryptionConfig: { provider: { keyArn: key }, resources: ['secrets'] } }),
      ...(inputs['authenticationMode'] !== undefined && {
        accessConfig: {
          authenticationMode: inputs['authenticationMode'],
          bootstrapClusterCreatorAdminPermissions: true,
        },
      }),
      tags: { Name: `${name}-eksCluster`, ...asTags(inputs['clusterTags']), ...tags },
    },
  };
}

function addons(name: string, inputs: Inputs, tags: Tags): EstimatedResource[] {
  const options = (key: string) => asTags(inputs[key]);
  const steady = inputs['skipDefaultNodeGroup'] !== true;
  const wanted: Record<string, boolean> = {
    'kube-proxy': options('kubeProxyAddonOptions')['enabled'] !== false,
    'vpc-cni': inputs['useDefaultVpcCni'] !== true,
    coredns:
      options('corednsAddonOptions')['enabled'] === true ||
      (steady && options('corednsAddonOptions')['enabled'] !== false),
  };
  return Object.keys(wanted)
    .filter((addonName) => wanted[addonName])
    .map((addonName) => ({
      type: ADDON,
      name: `${name}-${addonName}`,
      inputs: { addonName, clusterName: of(name, 'name'), preserve: true, tags },
    }));
}

function accessEntries(name: string, entries: EstimatedValue | undefined): EstimatedResource[] {
  return Object.entries(asTags(entries)).flatMap(([who, value]) => {
    const { accessPolicies, ...entry } = asTags(value);
    const clusterName = of(name, 'name');
    const policies = Object.entries(asTags(accessPolicies)).map(([key, association]) => ({
      type: ASSOCIATION,
      name: `${name}-${who}-${key}`,
      inputs: { ...asTags(association), principalArn: entry['principalArn'] ?? '', clusterName },
    }));
    return [{ type: ENTRY, name: `${name}-${who}`, inputs: { ...entry, clusterName } }, ...policies];
  });
}

function controlPlaneGroup(name: string, inputs: Inputs, tags: Tags): EstimatedResource[] {
  const group = `${name}-eksClusterSecurityGroup`;
  return [
    {
      type: GROUP,
      name: group,
      inputs: { ...present('vpcId', inputs['vpcId']), revokeRulesOnDelete: true, tags: { Name: group, ...tags } },
    },
    rule(`${name}-eksClusterInternetEgressRule`, group, { type: 'egress', ...EVERYTHING, cidrBlocks: ['0.0.0.0/0'] }),
  ];
}

function nodeGroup(name: string, inputs: Inputs, tags: Tags): EstimatedResource[] {
  const group = `${name}-nodeSecurityGroup`;
  const control = new FromChild(GROUP, `${name}-eksClusterSecurityGroup`, 'id');
  const tcp = (fromPort: number, toPort: number) => ({ type: 'ingress', protocol: 'tcp', fromPort, toPort });
  return [
    {
      type: GROUP,
      name: group,
      inputs: { ...present('vpcId', inputs['vpcId']), revokeRulesOnDelete: true, tags: { Name: group, ...tags } },
    },
    rule(`${name}-eksNodeIngressRule`, group, { type: 'ingress', ...EVERYTHING, self: true }),
    rule(`${name}-eksNodeClusterIngressRule`, group, { ...tcp(1025, 65_535), sourceSecurityGroupId: control }),
    rule(`${name}-eksExtApiServerClusterIngressRule`, group, { ...tcp(443, 443), sourceSecurityGroupId: control }),
    rule(`${name}-eksNodeInternetEgressRule`, group, { type: 'egress', ...EVERYTHING, cidrBlocks: ['0.0.0.0/0'] }),
    rule(`${name}-eksClusterIngressRule`, `${name}-eksClusterSecurityGroup`, {
      ...tcp(443, 443),
      sourceSecurityGroupId: new FromChild(GROUP, group, 'id'),
    }),
  ];
}

const EVERYTHING = { protocol: '-1', fromPort: 0, toPort: 0 } as const;

function rule(name: string, group: string, inputs: Tags): EstimatedResource {
  return { type: GROUP_RULE, name, inputs: { ...inputs, securityGroupId: new FromChild(GROUP, group, 'id') } };
}

function oidcProvider(name: string): EstimatedResource {
  return {
    type: OIDC,
    name: `${name}-oidcProvider`,
    inputs: { clientIdLists: ['sts.amazonaws.com'], url: of(name, 'issuer') },
  };
}

function outputsOf(name: string, inputs: Inputs, made: { readonly groups: boolean; readonly nodes: boolean }): Tags {
  const clusterName = inputs['name'] ?? of(name, 'name');
  const endpoint = of(name, 'endpoint');
  // EKS makes a security group of its own for every cluster, and the plugin gives that one where it makes none.
  const ofEks = of(name, 'clusterSecurityGroupId');
  return {
    eksCluster: { name: clusterName, arn: of(name, 'arn'), endpoint },
    core: {
      endpoint,
      vpcId: inputs['vpcId'] ?? '',
      subnetIds: inputs['privateSubnetIds'] ?? inputs['subnetIds'] ?? [],
    },
    // The endpoint stands in them, so they are known when it is.
    kubeconfig: endpoint,
    kubeconfigJson: endpoint,
    clusterSecurityGroupId: made.groups ? new FromChild(GROUP, `${name}-eksClusterSecurityGroup`, 'id') : ofEks,
    nodeSecurityGroupId: made.groups ? new FromChild(GROUP, `${name}-nodeSecurityGroup`, 'id') : ofEks,
    clusterIngressRuleId: made.groups ? new FromChild(GROUP_RULE, `${name}-eksClusterIngressRule`, 'id') : '',
    defaultNodeGroupAsgName: made.nodes ? new FromChild('aws:autoscaling/group:Group', name, 'name') : '',
    fargateProfileId: '',
    fargateProfileStatus: '',
    oidcProviderArn: inputs['createOidcProvider'] === true ? new FromChild(OIDC, `${name}-oidcProvider`, 'arn') : '',
    oidcProviderUrl: of(name, 'issuer'),
    oidcIssuer: of(name, 'issuer'),
    autoModeNodeRoleName: '',
    instanceRoles: [],
  };
}

function present(key: string, value: EstimatedValue | undefined): Tags {
  return value === undefined ? {} : { [key]: value };
}

function asTags(value: EstimatedValue | undefined): Tags {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FromChild)
    ? (value as Tags)
    : {};
}

/** A list, or what will be one: then it stands for its only known member. */
function asList(value: EstimatedValue | undefined): readonly EstimatedValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly EstimatedValue[]) : [value];
}
