import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { clusterEncrypted } from './cluster-encrypted.ts';
import { clusterRecoverable } from './cluster-recoverable.ts';
import { instanceNotPublic } from './instance-not-public.ts';

const SAFE = { storageEncrypted: true, iamDatabaseAuthenticationEnabled: true };

describeRule(clusterEncrypted, {
  passes: { 'encrypted, with IAM': SAFE },
  fails: {
    'plain storage': { given: { ...SAFE, storageEncrypted: false }, says: /not encrypted/ },
    'passwords only': { given: { ...SAFE, iamDatabaseAuthenticationEnabled: false }, says: /by IAM/ },
  },
  missing: { fails: { 'both left out': { given: {}, says: /not encrypted[\s\S]*by IAM/ } } },
  unknown: {
    'the encryption': { ...SAFE, storageEncrypted: UNKNOWN },
    'the sign-in': { ...SAFE, iamDatabaseAuthenticationEnabled: UNKNOWN },
  },
});

const KEPT = { deletionProtection: true, backupRetentionPeriod: 7 };

describeRule(clusterRecoverable, {
  passes: { 'protected, a week of backups': KEPT },
  fails: {
    'six days of backups': { given: { ...KEPT, backupRetentionPeriod: 6 }, says: /6 days, fewer than 7/ },
    'no protection in dev, as advice': {
      given: { ...KEPT, deletionProtection: false },
      says: /by mistake/,
      environment: 'dev',
    },
  },
  missing: { fails: { 'both left out': { given: {}, says: /by mistake[\s\S]*1 days/ } } },
  unknown: {
    'the protection': { ...KEPT, deletionProtection: UNKNOWN },
    'the days': { ...KEPT, backupRetentionPeriod: UNKNOWN },
  },
});

describeRule(instanceNotPublic, {
  passes: { 'a private instance': { publiclyAccessible: false } },
  fails: { 'a public instance': { given: { publiclyAccessible: true }, says: /public address/ } },
  missing: { passes: { 'left out, which the provider takes for private': {} } },
  unknown: { 'the setting': { publiclyAccessible: UNKNOWN } },
});
