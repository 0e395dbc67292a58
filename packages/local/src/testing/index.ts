export * from './scripted-engine.ts';
export * from './until-aborted.ts';
