import { ACCELERATORS } from './accelerators.ts';
import type { Environment } from './environment.ts';
import { MODEL_RECORDS, type ModelRecord } from './model-records.ts';

/** What a platform team sets for its own organisation. Changing a value is a reviewed change of this file. */
export interface Settings {
  /** Models with a licence record, and where each may run. */
  readonly models: readonly ModelRecord[];
  /** Most prompt and completion tokens one request to a front may use. */
  readonly maxPromptTokens: Readonly<Record<Environment, number>>;
  readonly maxCompletionTokens: Readonly<Record<Environment, number>>;
  /** Tags every taggable resource carries. */
  readonly requiredTags: readonly string[];
  readonly dataClasses: readonly string[];
  /** The one project whose stack owns the account's settings. */
  readonly foundationProject: string;
  /** Longest a Bedrock agent may keep an idle session, seconds. */
  readonly maxIdleSessionSeconds: number;
  /** EC2 instance types with an accelerator that may be started; SageMaker's are the same names after `ml.`. */
  readonly acceleratorInstanceTypes: Readonly<Record<Environment, readonly string[]>>;
  /** Most units of one Bedrock provisioned throughput. A unit costs tens of dollars an hour. */
  readonly maxProvisionedModelUnits: Readonly<Record<Environment, number>>;
  /** Most vCPUs of one Batch compute environment. */
  readonly maxBatchVcpus: Readonly<Record<Environment, number>>;
  /** Most instances or tasks one autoscaling target or group may reach. */
  readonly maxScalingCapacity: Readonly<Record<Environment, number>>;
  /** Services a vpc-only stack reaches through interface endpoints with private DNS; S3 has a gateway endpoint beside them. */
  readonly vpcOnlyInterfaceEndpoints: readonly string[];
  /** Days of Aurora backups, at the least. */
  readonly minBackupDays: number;
}

export const DEFAULT_SETTINGS: Settings = {
  models: MODEL_RECORDS,
  maxPromptTokens: { dev: 64_000, staging: 200_000, production: 200_000 },
  maxCompletionTokens: { dev: 8_192, staging: 16_384, production: 16_384 },
  requiredTags: ['owner', 'environment', 'cost-center', 'data-class'],
  dataClasses: ['public', 'internal', 'confidential', 'restricted'],
  foundationProject: 'plinth-foundation',
  maxIdleSessionSeconds: 1_800,
  acceleratorInstanceTypes: ACCELERATORS,
  maxProvisionedModelUnits: { dev: 1, staging: 1, production: 4 },
  maxBatchVcpus: { dev: 64, staging: 256, production: 2_048 },
  maxScalingCapacity: { dev: 4, staging: 10, production: 100 },
  vpcOnlyInterfaceEndpoints: ['bedrock-runtime', 'sagemaker.runtime', 'kms', 'logs', 'sts'],
  minBackupDays: 7,
};
