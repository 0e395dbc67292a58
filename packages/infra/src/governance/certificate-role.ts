import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument, type Statement } from '../iam/statement.ts';

/** Who issues the certificates. */
export type CertificateAuthority =
  /** One's own: its certificate (no private key), in PEM. Nothing is paid for it. */
  | { readonly kind: 'certificate'; readonly pem: pulumi.Input<string> }
  /** AWS Private CA, by its ARN. */
  | { readonly kind: 'private-ca'; readonly arn: pulumi.Input<string> };

export interface TrustAnchorArgs {
  authority: CertificateAuthority;
}

/** IAM Roles Anywhere trusts what one authority signed. That alone opens no role: {@link CertificateRole} names whom it is for. */
export class TrustAnchor extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: TrustAnchorArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:TrustAnchor', name, {}, opts);
    const { authority } = args;
    const anchor = new aws.rolesanywhere.TrustAnchor(
      name,
      {
        name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        enabled: true,
        source:
          authority.kind === 'certificate'
            ? { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: authority.pem } }
            : { sourceType: 'AWS_ACM_PCA', sourceData: { acmPcaArn: authority.arn } },
      },
      { parent: this },
    );
    this.arn = anchor.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

export interface CertificateRoleArgs {
  description: string;
  anchor: TrustAnchor;
  /** Common name (CN) of the certificate that may take the role. */
  commonName: string;
  statements: readonly Statement[];
  /** Seconds credentials last, 900 to 3600. @default 3600 */
  durationSeconds?: number;
}

/** What a machine outside AWS names to get credentials. None of it is secret. */
export interface CertificateIdentity {
  readonly roleArn: pulumi.Input<string>;
  readonly profileArn: pulumi.Input<string>;
  readonly trustAnchorArn: pulumi.Input<string>;
}

/** A role for the holder of one certificate: credentials of an hour, and no key that could be stolen and kept. */
export class CertificateRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly identity: CertificateIdentity;

  constructor(name: string, args: CertificateRoleArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:governance:CertificateRole', name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      { description: args.description, assumeRolePolicy: certificateTrust(args.anchor.arn, args.commonName) },
      parent,
    );
    new aws.iam.RolePolicy(name, { role: role.name, policy: policyDocument(args.statements) }, parent);
    const profile = new aws.rolesanywhere.Profile(
      name,
      {
        name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        enabled: true,
        roleArns: [role.arn],
        durationSeconds: args.durationSeconds ?? 3600,
      },
      parent,
    );
    this.arn = role.arn;
    this.identity = { roleArn: role.arn, profileArn: profile.arn, trustAnchorArn: args.anchor.arn };
    this.registerOutputs({ arn: this.arn });
  }
}

/** Without the name, every certificate of the authority could take the role; without the anchor, those of every authority trusted. */
function certificateTrust(trustAnchorArn: pulumi.Input<string>, commonName: string): pulumi.Output<string> {
  return policyDocument([
    {
      Sid: 'HolderOfOneCertificate',
      Effect: 'Allow',
      Principal: { Service: 'rolesanywhere.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      Condition: {
        StringEquals: { 'aws:PrincipalTag/x509Subject/CN': commonName },
        ArnEquals: { 'aws:SourceArn': trustAnchorArn },
      },
    },
  ]);
}
