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
}

export const DEFAULT_SETTINGS: Settings = {
  models: MODEL_RECORDS,
  maxPromptTokens: { dev: 64_000, staging: 200_000, production: 200_000 },
  maxCompletionTokens: { dev: 8_192, staging: 16_384, production: 16_384 },
  requiredTags: ['owner', 'environment', 'cost-center', 'data-class'],
  dataClasses: ['public', 'internal', 'confidential', 'restricted'],
  foundationProject: 'plinth-foundation',
  maxIdleSessionSeconds: 1_800,
};
