export { readAnswer } from './answer.ts';
export { fromHttpError } from './http-errors.ts';
export { createOpenAIModel, type OpenAIModelOptions } from './openai-model.ts';
export { closeOpenAIPools } from './pools.ts';
export { chatBody } from './request-body.ts';
