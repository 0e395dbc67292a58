import { catalogueOf } from '../../chat-front.ts';
import { ALWAYS } from '../../levels.ts';
import { bedrockGuide } from '../../links.ts';
import { modelIdOf, recordOf } from '../../model-records.ts';
import { hasPlaceholder } from '../../placeholder.ts';
import { at } from '../../read.ts';
import { defineStackRule, type RuleContext } from '../../rule.ts';
import type { StackView } from '../../stack-view.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

export const modelRecord = defineStackRule({
  id: 'bedrock-model-record',
  requirement: 46,
  pack: 'genai',
  title: 'Every model has a licence record and is approved for the environment',
  description: 'Somebody has read the terms and the model card before the model meets users.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Add the model, or the environment, to its record in policies/src/model-records.ts, with a review.',
  source: { controls: [], url: bedrockGuide('models-supported') },
  check(stack, report, context) {
    for (const { source, urn } of modelSources(stack)) {
      if (isUnknown(source)) {
        // The system-defined profile in an ARN is readable although the account is not.
        const modelId = source.template === undefined ? undefined : modelIdOf(source.template);
        if (modelId === undefined || hasPlaceholder(modelId)) report.notYetKnown(source, urn);
        else judgeModel(modelId, urn);
        continue;
      }
      const modelId = modelIdOf(source);
      // Application profiles are judged where they are defined, by the model they copy.
      if (modelId !== undefined && !hasPlaceholder(modelId)) judgeModel(modelId, urn);
    }
    for (const { props, urn } of hostedModels(stack)) {
      const modelId = at(props, 'tags', 'model-id');
      if (isUnknown(modelId)) report.notYetKnown(modelId, urn);
      else if (typeof modelId === 'string' && modelId !== '') judgeModel(modelId, urn); // a model without it is tags-model-provenance's
    }
    function judgeModel(modelId: string, urn: string): void {
      const problem = problemWith(modelId, context);
      if (problem !== undefined) report.violation(problem, urn);
    }
  },
});

function problemWith(modelId: string, { environment, settings }: RuleContext): string | undefined {
  const record = recordOf(settings.models, modelId);
  if (record === undefined) return `${modelId} has no licence record.`;
  return record.approvedIn.includes(environment) ? undefined : `${modelId} is not approved in ${environment}.`;
}

/** Models we host ourselves say which they are by a tag; the image and the weights do not tell. */
function hostedModels(stack: StackView) {
  return [...stack.ofType('aws:sagemaker/model:Model'), ...stack.ofType('aws:bedrock/customModel:CustomModel')];
}

function* modelSources(stack: StackView): Generator<{ source: string | Unknown; urn: string }> {
  for (const { props, urn } of stack.ofType('aws:bedrock/inferenceProfile:InferenceProfile')) {
    const { modelSource } = props;
    if (isUnknown(modelSource)) yield { source: modelSource, urn };
    else if (modelSource !== undefined) yield { source: modelSource.copyFrom, urn };
  }
  for (const { props, urn } of stack.ofType('aws:bedrock/agentAgent:AgentAgent'))
    yield { source: props.foundationModel, urn };
  for (const { props, urn } of stack.ofType('aws:lambda/function:Function')) {
    const catalogue = catalogueOf(props);
    if (catalogue.kind === 'unknown') yield { source: catalogue.value, urn };
    if (catalogue.kind !== 'models') continue;
    for (const { target } of catalogue.models)
      if (target.kind === 'bedrock' && typeof target.modelId === 'string') yield { source: target.modelId, urn };
  }
}
