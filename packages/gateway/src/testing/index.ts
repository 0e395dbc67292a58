export * from './samples.ts';
export * from './scripted-model.ts';
