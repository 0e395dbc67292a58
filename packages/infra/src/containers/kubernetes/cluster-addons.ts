import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../../iam/statement.ts';
import type { Placement } from '../../iam/placement.ts';
import { podTrust } from './pod-role.ts';

export interface AddonSettings {
  readonly placement: Placement;
  readonly clusterName: string;
  /** Customer-managed key that volumes of pods are encrypted under. */
  readonly keyArn: pulumi.Input<string>;
}

/** AWS's policy for the network plugin, and for the drivers of volumes. */
const POLICIES = {
  'vpc-cni': 'AmazonEKS_CNI_Policy',
  'aws-ebs-csi-driver': 'service-role/AmazonEBSCSIDriverPolicy',
  'aws-efs-csi-driver': 'service-role/AmazonEFSCSIDriverPolicy',
} as const;

const ACCOUNTS = {
  'vpc-cni': 'aws-node',
  'aws-ebs-csi-driver': 'ebs-csi-controller-sa',
  'aws-efs-csi-driver': 'efs-csi-controller-sa',
} as const;

/**
 * What makes a cluster work: addresses and network policies, credentials, DNS, volumes. EKS chooses the version that fits the cluster's, and
 * patches are taken by `pulumi up --refresh`. The network must be there before nodes, and DNS and volumes have nowhere to run before them.
 */
export function clusterAddons(name: string, settings: AddonSettings, opts: pulumi.CustomResourceOptions) {
  const addon = (addonName: string, extra: Partial<aws.eks.AddonArgs>, own: pulumi.CustomResourceOptions) =>
    new aws.eks.Addon(
      `${name}-${addonName}`,
      {
        clusterName: settings.clusterName,
        addonName,
        resolveConflictsOnCreate: 'OVERWRITE',
        resolveConflictsOnUpdate: 'OVERWRITE',
        ...extra,
      },
      own,
    );
  const asPod = (driver: keyof typeof POLICIES, statements?: readonly Statement[]) => ({
    podIdentityAssociations: [
      { serviceAccount: ACCOUNTS[driver], roleArn: driverRole(name, driver, settings, statements, opts).arn },
    ],
  });
  const network = {
    ...asPod('vpc-cni'),
    configurationValues: JSON.stringify({ enableNetworkPolicy: 'true', env: { ENABLE_PREFIX_DELEGATION: 'true' } }),
  };
  return {
    beforeNodes: [
      addon('eks-pod-identity-agent', {}, opts),
      addon('kube-proxy', {}, opts),
      addon('vpc-cni', network, opts),
    ],
    afterNodes: (nodes: pulumi.Resource) => {
      const own = { parent: opts.parent, dependsOn: nodes };
      return [
        addon('coredns', {}, own),
        addon('aws-ebs-csi-driver', asPod('aws-ebs-csi-driver', useOf(settings)), own),
        addon('aws-efs-csi-driver', asPod('aws-efs-csi-driver'), own),
      ];
    },
  };
}

function driverRole(
  name: string,
  driver: keyof typeof POLICIES,
  { placement }: AddonSettings,
  statements: readonly Statement[] | undefined,
  { parent }: pulumi.CustomResourceOptions,
): aws.iam.Role {
  const role = new aws.iam.Role(
    `${name}-${driver}`,
    {
      description: `${driver} of ${name}.`,
      assumeRolePolicy: podTrust(),
    },
    { parent },
  );
  new aws.iam.RolePolicyAttachment(
    `${name}-${driver}`,
    { role: role.name, policyArn: `arn:${placement.partition}:iam::aws:policy/${POLICIES[driver]}` },
    { parent },
  );
  if (statements !== undefined)
    new aws.iam.RolePolicy(`${name}-${driver}`, { role: role.name, policy: policyDocument(statements) }, { parent });
  return role;
}

/** The driver of EBS volumes may encrypt them under our key. */
function useOf({ placement, keyArn }: AddonSettings): Statement[] {
  const through = { 'kms:ViaService': `ec2.${placement.region}.amazonaws.com` };
  return [
    {
      Sid: 'EncryptVolumes',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'],
      Resource: [keyArn],
      Condition: { StringEquals: through },
    },
    {
      Sid: 'LetVolumesBeRead',
      Effect: 'Allow',
      Action: ['kms:CreateGrant'],
      Resource: [keyArn],
      Condition: { StringEquals: through, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
  ];
}
