import type { BatchEngine, BatchModel } from '@plinth/contracts';
import type { Guardrail } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from './config.ts';
import type { ModelSettings } from './model-settings.ts';

/** The guardrail that records and answers are shown to; undefined where there is none. */
export const guardrailVariable = (guardrail: Guardrail | undefined) =>
  guardrail && pulumi.jsonStringify({ id: guardrail.guardrailId, version: guardrail.version });

/** The catalog the batch service reads: each model with the engines that are on and run it. */
export function catalogJson({ models, engines }: Pick<BatchGenerationConfig, 'models' | 'engines'>): string {
  const catalog = models.map(
    ({ id, source, contextTokens, maxPromptTokens, maxCompletionTokens, price }): BatchModel => {
      const modelId = bedrockIdOf(source);
      return {
        id,
        contextTokens,
        maxPromptTokens,
        maxCompletionTokens,
        engines: Object.fromEntries(
          (Object.keys(price) as BatchEngine[]).flatMap((engine) => {
            const cost = price[engine];
            return cost === undefined || engines[engine] === undefined
              ? []
              : [[engine, { ...cost, ...(modelId !== undefined && { modelId }) }]];
          }),
        ),
      };
    },
  );
  return JSON.stringify(catalog);
}

function bedrockIdOf(source: ModelSettings['source']): string | undefined {
  if (source.kind === 'weights') return undefined;
  return source.kind === 'foundation-model' ? source.modelId : source.systemProfile;
}
