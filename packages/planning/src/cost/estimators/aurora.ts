import { HOURS_PER_MONTH, prices, unknownPrice } from '@plinth/sizing';
import { always, type Estimator } from '../estimator.ts';
import { numberAt, refersTo, textAt } from '../read.ts';

const CLUSTER = 'aws:rds/cluster:Cluster';

const storageKind = (type: string | undefined) => (type === 'aurora-iopt1' ? 'ioOptimized' : 'standard');

export const auroraCluster: Estimator = {
  types: [CLUSTER],
  charges: ({ props }) => {
    const kind = storageKind(textAt(props, 'storageType'));
    return [{ what: 'Storage', price: prices.auroraStorage[kind], quantity: (use) => use.storedGb }];
  },
};

/** Serverless instances are billed by the capacity their cluster's bounds allow. */
export const auroraInstance: Estimator = {
  types: ['aws:rds/clusterInstance:ClusterInstance'],
  charges: ({ props }, { resources }) => {
    const instanceClass = textAt(props, 'instanceClass') ?? 'not yet known';
    if (instanceClass !== 'db.serverless') {
      const price = unknownPrice('rds/aurora', 'instance-hour', `${instanceClass} is not in the price data`);
      return [{ what: `Database ${instanceClass}`, price, quantity: always(HOURS_PER_MONTH) }];
    }
    const cluster = resources.find((each) => each.type === CLUSTER && refersTo(props['clusterIdentifier'], each));
    const bounds = cluster?.props['serverlessv2ScalingConfiguration'];
    const least = numberAt(bounds, 'minCapacity') ?? 0;
    const most = numberAt(bounds, 'maxCapacity') ?? Infinity;
    return [
      {
        what: 'Database capacity',
        price: prices.auroraCapacity[storageKind(cluster && textAt(cluster.props, 'storageType'))],
        quantity: (use) => {
          if (use.case === 'idle') return least * HOURS_PER_MONTH;
          if (use.case === 'worst') return most * HOURS_PER_MONTH;
          const wanted = use.databaseAcus ?? (use.requests > 0 ? most : least);
          return Math.min(most, Math.max(least, wanted)) * HOURS_PER_MONTH;
        },
        note: least === 0 ? 'pauses when idle' : undefined,
      },
    ];
  },
};
