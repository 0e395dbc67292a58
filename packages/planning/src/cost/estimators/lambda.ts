import { prices } from '@plinth/sizing';
import { forRequests, type Estimator } from '../estimator.ts';
import { listAt, numberAt } from '../read.ts';
import { SECONDS_PER_MONTH } from '../usage.ts';

export const lambda: Estimator = {
  types: ['aws:lambda/function:Function'],
  charges: ({ props }) => {
    const gb = (numberAt(props, 'memorySize') ?? 128) / 1024;
    const copies = numberAt(props, 'reservedConcurrentExecutions') ?? Infinity;
    const arch = listAt(props, 'architectures')[0] === 'arm64' ? 'arm64' : 'x86_64';
    return [
      { what: 'Function calls', price: prices.lambdaRequests, quantity: forRequests(1 / 1e6) },
      {
        what: `Function time, ${gb.toFixed(2)} GB ${arch}`,
        price: prices.lambdaDuration[arch],
        // A stream that trickles holds its copy: at worst all of them are busy all month.
        quantity: (use) =>
          ((use.case === 'worst' ? copies * SECONDS_PER_MONTH : use.requests * use.secondsPerRequest) * gb) / 1e6,
      },
    ];
  },
};
