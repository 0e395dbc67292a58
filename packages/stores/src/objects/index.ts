export { OBJECT_BOUNDS } from './bounds.ts';
export type * from './object-store.ts';
