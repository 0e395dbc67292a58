/**
 * The only eager import of the AWS SDK. Everything else in this folder imports types alone and reaches this file through `loadSdk`, so that
 * a front's cold start does not wait for it and a bundler keeps only what is named here.
 */
export {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
export { NodeHttpHandler } from '@smithy/node-http-handler';
