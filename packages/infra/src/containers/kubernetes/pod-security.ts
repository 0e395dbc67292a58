import { SERVING_USER } from '../engine.ts';

/** Pod settings under which Kubernetes' "restricted" profile admits a pod, and nothing in it is root. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: SERVING_USER,
  runAsGroup: SERVING_USER,
  fsGroup: SERVING_USER,
  // Weights are many and large: changing their owner at every start would take longer than loading them.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** Labels of a namespace that refuses any other pod. */
export const RESTRICTED_NAMESPACE = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
} as const;
