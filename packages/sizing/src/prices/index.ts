export * from './compute.ts';
export * from './data.ts';
export * from './fronts.ts';
export * from './models.ts';
export * from './network.ts';
export * from './observability.ts';
export * from './security.ts';
export * from './workflows.ts';
