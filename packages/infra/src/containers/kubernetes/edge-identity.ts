import * as pulumi from '@pulumi/pulumi';
import type { CertificateIdentity } from '../../governance/certificate-role.ts';
import { labelsOf, type Manifest, type ManifestValue } from './manifest.ts';

/** How pods of a site come by AWS credentials: never by a stored key. */
export type EdgeIdentity =
  /** IAM Roles Anywhere: a certificate whose private key stays on site. */
  | {
      readonly kind: 'certificate';
      readonly identity: CertificateIdentity;
      /** Secret of type `kubernetes.io/tls` in the site's namespace, as cert-manager keeps it. */
      readonly secretName: string;
    }
  /** EKS Pod Identity: a role is bound to the service account. */
  | { readonly kind: 'pod-identity' };

const CERTIFICATE_PATH = '/identity';
const SETTINGS_PATH = '/etc/plinth/aws';
/** AWS's own helper, which the edge image carries (Roles Anywhere user guide, "Get temporary security credentials"). */
const HELPER = '/usr/local/bin/aws_signing_helper';

export interface IdentityParts {
  readonly manifests: readonly Manifest[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly ManifestValue[];
  readonly volumes: readonly ManifestValue[];
}

/** What the gateway's container needs to find its credentials where every AWS SDK looks. */
export function identityParts(name: string, namespace: string, identity: EdgeIdentity): IdentityParts {
  if (identity.kind === 'pod-identity') return { manifests: [], environment: {}, mounts: [], volumes: [] };
  const settingsName = `${name}-aws`;
  const { roleArn, profileArn, trustAnchorArn } = identity.identity;
  const config = pulumi.interpolate`[default]
credential_process = ${HELPER} credential-process --certificate ${CERTIFICATE_PATH}/tls.crt --private-key ${CERTIFICATE_PATH}/tls.key --trust-anchor-arn ${trustAnchorArn} --profile-arn ${profileArn} --role-arn ${roleArn}
`;
  return {
    manifests: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: settingsName, namespace, labels: labelsOf(name, 'gateway') },
        data: { config },
      },
    ],
    environment: { AWS_CONFIG_FILE: `${SETTINGS_PATH}/config` },
    mounts: [
      { name: 'identity', mountPath: CERTIFICATE_PATH, readOnly: true },
      { name: 'aws-settings', mountPath: SETTINGS_PATH, readOnly: true },
    ],
    volumes: [
      { name: 'identity', secret: { secretName: identity.secretName, defaultMode: 0o440 } },
      { name: 'aws-settings', configMap: { name: settingsName } },
    ],
  };
}
