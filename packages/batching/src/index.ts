export * from './ports/record-engine.ts';
