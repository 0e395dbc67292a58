export * from './manual-timers.ts';
export * from './memory-objects.ts';
export * from './scripted-engine.ts';
export * from './workbench.ts';
