export * from './async-objects.ts';
export * from './bedrock-lines.ts';
export * from './file-format.ts';
export * from './join-answers.ts';
export * from './record-name.ts';
export * from './text-lines.ts';
export * from './transform-lines.ts';
