export * from './model-client.ts';
export { refuseUnsupported } from './refuse-unsupported.ts';
