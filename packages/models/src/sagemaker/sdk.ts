/**
 * The only eager import of the AWS SDK. Everything else in this folder imports types alone and reaches this file through `loadSdk`, so that
 * a front's cold start does not wait for it and a bundler keeps only what is named here.
 */
export {
  InvokeEndpointCommand,
  InvokeEndpointWithResponseStreamCommand,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
export { NodeHttpHandler } from '@smithy/node-http-handler';
