export * from './folder-sink.ts';
export * from './report-sink.ts';
export * from './reporter.ts';
