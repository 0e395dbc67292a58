import { describeRule } from '../../testing/describe-rule.ts';
import { UNKNOWN } from '../../testing/samples.ts';
import { clusterPrivateEndpoint } from './cluster-private-endpoint.ts';
import { clusterSecretsAndLogs } from './cluster-secrets-and-logs.ts';

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];
const encrypted = (resources: unknown) => ({ provider: { keyArn: 'arn:key' }, resources });
const GOOD = { encryptionConfig: encrypted(['secrets']), enabledClusterLogTypes: LOGS };

describeRule(clusterSecretsAndLogs, {
  passes: {
    'both, in full': GOOD,
    'five logs and one unknown': { ...GOOD, enabledClusterLogTypes: [...LOGS, UNKNOWN] },
  },
  fails: {
    'no audit log': {
      given: { ...GOOD, enabledClusterLogTypes: LOGS.filter((log) => log !== 'audit') },
      says: /does not write: audit\./,
    },
    'a key for nothing': { given: { ...GOOD, encryptionConfig: encrypted([]) }, says: /not encrypted/ },
  },
  missing: {
    fails: {
      'no key': { given: { ...GOOD, encryptionConfig: undefined }, says: /not encrypted/ },
      'no logs': { given: { ...GOOD, enabledClusterLogTypes: undefined }, says: /api, audit, authenticator/ },
    },
  },
  unknown: {
    'the key': { ...GOOD, encryptionConfig: UNKNOWN },
    'what is encrypted': { ...GOOD, encryptionConfig: encrypted(UNKNOWN) },
    'the logs': { ...GOOD, enabledClusterLogTypes: UNKNOWN },
    'one log that may be the missing one': { ...GOOD, enabledClusterLogTypes: [...LOGS.slice(1), UNKNOWN] },
  },
});

const vpc = (endpointPublicAccess?: unknown, endpointPrivateAccess?: unknown) => ({
  vpcConfig: { subnetIds: ['subnet-1'], endpointPublicAccess, endpointPrivateAccess },
});

describeRule(clusterPrivateEndpoint, {
  passes: { 'private only': vpc(false, true) },
  fails: {
    'public as well': { given: vpc(true, true), says: /public endpoint/ },
    'neither, so nobody reaches it': { given: vpc(false, false), says: /no private endpoint/ },
  },
  missing: { fails: { 'left out, which AWS makes public': { given: vpc(), says: /public[\s\S]*no private/ } } },
  unknown: {
    'the network': { vpcConfig: UNKNOWN },
    'the public endpoint': vpc(UNKNOWN, true),
    'the private endpoint': vpc(false, UNKNOWN),
  },
});
