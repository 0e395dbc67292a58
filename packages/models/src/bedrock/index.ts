export { createBedrockModel, type BedrockModelOptions } from './bedrock-model.ts';
export { createBedrockRuntime, type BedrockRuntimeOptions } from './runtime.ts';
export {
  applyGuardrail,
  type ApplyGuardrailOptions,
  type GuardrailFinding,
  type GuardrailVerdict,
} from './guardrail.ts';
