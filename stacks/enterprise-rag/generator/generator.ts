import type { ModelTarget } from '@plinth/contracts';
import type { Guardrail, Placement, Statement, Watch } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from '../config.ts';
import type { ClosedNetwork } from '../network.ts';
import { bedrockGenerator } from './on-bedrock.ts';
import { ecsGenerator } from './on-ecs.ts';
import { sagemakerGenerator } from './on-sagemaker.ts';

/** The model that writes answers, wherever it runs, as the query function needs it. */
export interface Generator {
  /** Its target in the catalog, some of whose values AWS has yet to give. */
  readonly target: Unresolved<ModelTarget>;
  /** What a role needs to call it. */
  readonly statements: readonly Statement[];
  readonly watches: readonly Watch[];
  /** Alarms it has already. */
  readonly alarmArns: pulumi.Output<string[]>;
  /** Physical name of the endpoint, and of the registry its next versions wait in. */
  readonly endpointName: pulumi.Output<string> | null;
  readonly registry: pulumi.Output<string> | null;
}

export interface GeneratorParts {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  readonly alertTopicArn: pulumi.Output<string>;
  readonly closed: ClosedNetwork;
  readonly guardrail: Guardrail;
}

export function generatorOf(
  config: EnterpriseRagConfig,
  parts: GeneratorParts,
  opts: pulumi.ComponentResourceOptions,
): Generator {
  const { inference } = config;
  switch (inference.kind) {
    case 'sagemaker':
      return sagemakerGenerator(config, inference, parts, opts);
    case 'bedrock':
      return bedrockGenerator(config, inference, parts, opts);
    case 'ecs':
      return ecsGenerator(config, inference, parts, opts);
  }
}

type Unresolved<T> = T extends string
  ? pulumi.Input<T>
  : T extends object
    ? { readonly [K in keyof T]: K extends 'kind' | 'api' ? T[K] : Unresolved<T[K]> }
    : T;
