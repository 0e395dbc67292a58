export * from './s3-sink.ts';
export * from './s3-source.ts';
