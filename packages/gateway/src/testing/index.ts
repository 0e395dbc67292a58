export * from './manual-clock.ts';
export * from './samples.ts';
export * from './scripted-model.ts';
