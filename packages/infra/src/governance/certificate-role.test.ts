import { describe, expect, it } from 'vitest';
import { only, registered } from '../testing/index.ts';
import { CertificateRole, TrustAnchor, type CertificateAuthority } from './certificate-role.ts';

const OWN: CertificateAuthority = { kind: 'certificate', pem: '-----BEGIN CERTIFICATE-----' };

function role(authority: CertificateAuthority) {
  return registered(() => {
    const anchor = new TrustAnchor('sites', { authority });
    new CertificateRole('plant', {
      description: 'Edge site plant.',
      anchor,
      commonName: 'plant',
      statements: [{ Sid: 'Send', Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['arn:queue'] }],
    });
  });
}

describe('a role by certificate', () => {
  it('opens to one name of one authority, and to nobody else', async () => {
    const trust = JSON.parse(String(only(await role(OWN), 'aws:iam/role:Role').inputs['assumeRolePolicy'])) as {
      Statement: unknown[];
    };
    expect(trust.Statement).toEqual([
      {
        Sid: 'HolderOfOneCertificate',
        Effect: 'Allow',
        Principal: { Service: 'rolesanywhere.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
        Condition: {
          StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'plant' },
          ArnEquals: { 'aws:SourceArn': expect.stringMatching(/sites-id$/) },
        },
      },
    ]);
  });

  it('lasts an hour, by a profile that holds this role alone', async () => {
    const { inputs } = only(await role(OWN), 'aws:rolesanywhere/profile:Profile');
    expect(inputs).toMatchObject({
      enabled: true,
      durationSeconds: 3600,
      roleArns: [expect.stringMatching(/plant-id$/)],
    });
    expect(inputs).not.toHaveProperty('acceptRoleSessionName');
  });

  it.each<[CertificateAuthority, object]>([
    [OWN, { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: '-----BEGIN CERTIFICATE-----' } }],
    [
      { kind: 'private-ca', arn: 'arn:ca' },
      { sourceType: 'AWS_ACM_PCA', sourceData: { acmPcaArn: 'arn:ca' } },
    ],
  ])('trusts an authority of one’s own, or AWS Private CA', async (authority, source) => {
    const { inputs } = only(await role(authority), 'aws:rolesanywhere/trustAnchor:TrustAnchor');
    expect(inputs).toMatchObject({ enabled: true, source });
  });
});
