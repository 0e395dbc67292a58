export * from './scripted-embedding-engine.ts';
export * from './scripted-engine.ts';
export * from './until-aborted.ts';
