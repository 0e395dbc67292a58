export { createBedrockModel, type BedrockModelOptions } from './bedrock-model.ts';
export { converseEvents } from './converse-events.ts';
export { converseRequest } from './converse-request.ts';
export { fromBedrockError } from './errors.ts';
export { createBedrockRuntime, type BedrockRuntimeOptions } from './runtime.ts';
export {
  applyGuardrail,
  type ApplyGuardrailOptions,
  type GuardrailFinding,
  type GuardrailVerdict,
} from './guardrail.ts';
