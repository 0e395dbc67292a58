export * from './batch-trial.ts';
export * from './http-engine.ts';
export * from './kill-trial.ts';
export * from './pause-trial.ts';
