export * from './manual-timers.ts';
export * from './memory-index.ts';
export * from './simple-steps.ts';
