export * from './invented-outputs.ts';
export * from './policies.ts';
export * from './registered.ts';
export * from './stack-settings.ts';
export * from './taggable.ts';
export * from './wildcards.ts';
