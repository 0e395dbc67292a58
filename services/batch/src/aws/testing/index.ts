export * from './engines.ts';
export * from './scripted-aws.ts';
