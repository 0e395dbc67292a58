/** A Helm chart at one version. Where charts come from stands here and nowhere else, so that a mirror is one edit. */
export interface PinnedChart {
  readonly chart: string;
  readonly version: string;
  readonly repositoryOpts?: { readonly repo: string };
}

export const KARPENTER_CHART: PinnedChart = {
  chart: 'oci://public.ecr.aws/karpenter/karpenter',
  version: '1.14.1',
};

export const KEDA_CHART: PinnedChart = {
  chart: 'keda',
  version: '2.19.0',
  repositoryOpts: { repo: 'https://kedacore.github.io/charts' },
};
