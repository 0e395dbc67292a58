import type * as pulumi from '@pulumi/pulumi';
import { labelsOf, type Manifest, type ManifestValue } from './manifest.ts';

/** Where a pod keeps weights between restarts. */
export type ModelCache =
  /** One volume a pod, made and removed with it. Fast, and every new pod loads the model again. */
  | { readonly kind: 'pod-volume'; readonly sizeGb: number; readonly storageClass: string }
  /** One Amazon EFS file system for all pods: the first loads the model, the others find it. */
  | { readonly kind: 'efs'; readonly fileSystemId: pulumi.Input<string>; readonly sizeGb: number }
  /** A claim that is already there, as on premises. */
  | { readonly kind: 'claim'; readonly claimName: string };

/** The volume `models` of a pod. */
export function cacheVolume(name: string, cache: ModelCache): ManifestValue {
  if (cache.kind === 'pod-volume')
    return {
      name: 'models',
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: cache.storageClass,
            resources: { requests: { storage: `${cache.sizeGb}Gi` } },
          },
        },
      },
    };
  const claimName = cache.kind === 'claim' ? cache.claimName : claimOf(name);
  return { name: 'models', persistentVolumeClaim: { claimName } };
}

/** What the volume needs beside the pod. Empty unless the cache is an EFS file system. */
export function cacheManifests(name: string, namespace: string, cache: ModelCache): Manifest[] {
  if (cache.kind !== 'efs') return [];
  const shared = {
    accessModes: ['ReadWriteMany'],
    // No class: this claim is for the volume below, and for no other.
    storageClassName: '',
  };
  const volumeName = `${namespace}-${claimOf(name)}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName, labels: labelsOf(name, 'models') },
      spec: {
        ...shared,
        capacity: { storage: `${cache.sizeGb}Gi` },
        volumeMode: 'Filesystem',
        persistentVolumeReclaimPolicy: 'Retain',
        mountOptions: ['tls', 'nosuid', 'nodev', 'noexec'],
        csi: { driver: 'efs.csi.aws.com', volumeHandle: cache.fileSystemId },
        claimRef: { namespace, name: claimOf(name) },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claimOf(name), namespace, labels: labelsOf(name, 'models') },
      spec: { ...shared, volumeName, resources: { requests: { storage: `${cache.sizeGb}Gi` } } },
    },
  ];
}

function claimOf(name: string): string {
  return `${name}-models`;
}
