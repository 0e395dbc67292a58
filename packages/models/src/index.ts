export * from './model-client.ts';
export * from './model-opener.ts';
export { refuseUnsupported } from './refuse-unsupported.ts';
