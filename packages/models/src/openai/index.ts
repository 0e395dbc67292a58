export { createOpenAIModel, type OpenAIModelOptions } from './openai-model.ts';
export { closeOpenAIPools } from './pools.ts';
