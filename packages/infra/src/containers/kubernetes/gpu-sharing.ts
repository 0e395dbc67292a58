import { StackError } from '../../governance/stack-error.ts';

/** What pods get of a GPU. */
export type GpuSharing =
  | { readonly kind: 'whole' }
  /** Pods take turns on a whole GPU. Nothing keeps their memory apart: for models of one owner, as in dev. */
  | { readonly kind: 'time-slicing'; readonly replicas: number }
  /**
   * Pods get slices that hardware keeps apart, on A30, A100, H100 and H200.
   * Slices by GPU, as in `{ 'h100.80gb': '1g.10gb' }`.
   */
  | { readonly kind: 'mig'; readonly profiles: Readonly<Record<string, string>> };

const MIG_GPU = /^(a30|a100|h100|h200)\.\d+gb$/;
const MIG_PROFILE = /^([1-7]|[1-7]g\.\d+gb)$/;

/** @throws {StackError} for sharing that no GPU offers. */
export function checkSharing(sharing: GpuSharing): void {
  if (sharing.kind === 'time-slicing' && (!Number.isInteger(sharing.replicas) || sharing.replicas < 2))
    throw new StackError('Set replicas to two or more, or share with kind "whole".');
  if (sharing.kind !== 'mig') return;
  if (Object.keys(sharing.profiles).length === 0) throw new StackError('Name a MIG profile for each GPU of the pool.');
  for (const [gpu, profile] of Object.entries(sharing.profiles))
    if (!MIG_GPU.test(gpu) || !MIG_PROFILE.test(profile))
      throw new StackError(`"${gpu}": "${profile}" is no MIG profile. Write it like "h100.80gb": "1g.10gb".`);
}

/**
 * The settings of a Bottlerocket node, whose NVIDIA device plugin is part of the operating system: no privileged pod does it.
 * bottlerocket.dev, "settings.kubelet-device-plugins".
 */
export function bottlerocketSettings(sharing: GpuSharing): string {
  checkSharing(sharing);
  const lines = ['[settings.kernel]', 'lockdown = "integrity"', ''];
  if (sharing.kind === 'time-slicing')
    lines.push(
      '[settings.kubelet-device-plugins.nvidia]',
      'device-sharing-strategy = "time-slicing"',
      '',
      '[settings.kubelet-device-plugins.nvidia.time-slicing]',
      `replicas = ${sharing.replicas}`,
      'rename-by-default = false',
      // More than one share of the same GPU would be no faster: say so, rather than seem to grant it.
      'fail-requests-greater-than-one = true',
    );
  if (sharing.kind === 'mig')
    lines.push(
      '[settings.kubelet-device-plugins.nvidia]',
      'device-partitioning-strategy = "mig"',
      '',
      '[settings.kubelet-device-plugins.nvidia.mig.profile]',
      ...Object.entries(sharing.profiles).map(([gpu, profile]) => `"${gpu}" = "${profile}"`),
    );
  return `${lines.join('\n')}\n`;
}

/** NVIDIA's device plugin as a Helm chart, for nodes that are not Bottlerocket's, as on premises. */
export const DEVICE_PLUGIN_CHART = {
  chart: 'nvidia-device-plugin',
  version: '0.19.3',
  repositoryOpts: { repo: 'https://nvidia.github.io/k8s-device-plugin' },
} as const;

/** Values of {@link DEVICE_PLUGIN_CHART}. With MIG, the slices themselves are made on the node beforehand (`nvidia-mig-parted`). */
export function devicePluginValues(sharing: GpuSharing) {
  checkSharing(sharing);
  const config = {
    version: 'v1',
    flags: { migStrategy: sharing.kind === 'mig' ? 'mixed' : 'none' },
    ...(sharing.kind === 'time-slicing' && {
      sharing: {
        timeSlicing: {
          failRequestsGreaterThanOne: true,
          resources: [{ name: 'nvidia.com/gpu', replicas: sharing.replicas }],
        },
      },
    }),
  };
  return {
    // JSON is YAML.
    config: { map: { default: JSON.stringify(config) } },
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
  };
}
