import type { Environment } from './environment.ts';

/** One accelerator, the smallest there are: enough for a model of 8 to 14 billion parameters. */
const SINGLE = [
  'g4dn.xlarge',
  'g4dn.2xlarge',
  'g5.xlarge',
  'g5.2xlarge',
  'g6.xlarge',
  'g6.2xlarge',
  'g6e.xlarge',
  'g6e.2xlarge',
  'inf2.xlarge',
  'inf2.8xlarge',
  'trn1.2xlarge',
];
/** Four accelerators, or one with more host memory: 30 to 70 billion parameters, and the shape production will have. */
const SEVERAL = [
  'g5.4xlarge',
  'g5.12xlarge',
  'g6.4xlarge',
  'g6.12xlarge',
  'g6e.4xlarge',
  'g6e.12xlarge',
  'inf2.24xlarge',
];
/** Whole machines of eight and more, at tens of dollars an hour. */
const WHOLE = [
  'g5.48xlarge',
  'g6.48xlarge',
  'g6e.48xlarge',
  'inf2.48xlarge',
  'trn1.32xlarge',
  'p4d.24xlarge',
  'p4de.24xlarge',
  'p5.4xlarge',
  'p5.48xlarge',
];

/** Instance types with an accelerator that each environment may start. */
export const ACCELERATORS: Readonly<Record<Environment, readonly string[]>> = {
  dev: SINGLE,
  staging: [...SINGLE, ...SEVERAL],
  production: [...SINGLE, ...SEVERAL, ...WHOLE],
};

/** Families with a GPU, an Inferentia or Trainium chip, or another accelerator: p5, p6-b200, g6e, gr6, inf2, trn1n, dl2q, vt1, f2. */
const FAMILY = /^(p\d|g\d|gr\d|inf\d|trn\d|dl\d|vt\d|f\d)[a-z0-9-]*$/;
/** The letters before the generation, as Karpenter's `instance-category` has them. */
const CATEGORIES = ['p', 'g', 'gr', 'inf', 'trn', 'dl', 'vt', 'f'];

/** Whether a family (`g6`) or an instance type (`ml.g6.xlarge`) has an accelerator. */
export function hasAccelerator(typeOrFamily: string): boolean {
  return FAMILY.test(withoutPrefix(typeOrFamily).split('.')[0] ?? '');
}

export function isAcceleratorCategory(category: string): boolean {
  return CATEGORIES.includes(category);
}

/** `g6.xlarge` of SageMaker's `ml.g6.xlarge`. */
export function withoutPrefix(instanceType: string): string {
  return instanceType.replace(/^ml\./, '');
}

/** Families whose instances carry disks of their own, encrypted by the hardware. SageMaker then refuses a key for the volume. */
const LOCAL_DISKS =
  /^(g4dn|g4ad|g5|g6|g6e|g6f|gr6f?|g7|g7e|p3dn|p4de?|p5e?n?|p6-[a-z0-9]+|trn1n?|trn2u?|[cmrxz]\d+[a-z]*d[a-z]*)$/;

export function hasLocalDisks(instanceType: string): boolean {
  return LOCAL_DISKS.test(withoutPrefix(instanceType).split('.')[0] ?? '');
}
