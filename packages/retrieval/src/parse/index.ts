export * from './bounded-parser.ts';
export * from './detect-format.ts';
export * from './parse.ts';
