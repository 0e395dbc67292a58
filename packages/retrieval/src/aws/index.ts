export * from './agent-runtime.ts';
export * from './lambda-authorities.ts';
