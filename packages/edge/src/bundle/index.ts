export * from './bundle-source.ts';
export * from './compose-bundle.ts';
export { preAuthEncoding, trustedKey, type TrustedKey } from './dsse.ts';
export * from './folder/folder-sink.ts';
export * from './folder/folder-source.ts';
export * from './inspect-bundle.ts';
export * from './publish-bundle.ts';
export * from './refused.ts';
export { verifyBundle, type VerifiedStatement, type VerifyOptions } from './verify.ts';
