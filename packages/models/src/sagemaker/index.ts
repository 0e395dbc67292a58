export { createSageMakerRuntime, type SageMakerRuntimeOptions } from './runtime.ts';
export { createSageMakerModel, type SageMakerModelOptions } from './sagemaker-model.ts';
