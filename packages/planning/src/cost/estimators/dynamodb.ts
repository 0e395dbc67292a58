import { prices, unknownPrice } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { TABLE_GB, TABLE_READS, TABLE_WRITES } from '../per-request.ts';
import { at, textAt } from '../read.ts';

export const dynamodb: Estimator = {
  types: ['aws:dynamodb/table:Table'],
  charges: ({ props }) => {
    const throughput =
      textAt(props, 'billingMode') === 'PAY_PER_REQUEST'
        ? [
            { what: 'Writes', price: prices.tableWrites, quantity: forRequests(TABLE_WRITES / 1e6) },
            { what: 'Reads', price: prices.tableReads, quantity: forRequests(TABLE_READS / 1e6) },
          ]
        : [
            {
              what: 'Provisioned capacity',
              price: unknownPrice('dynamodb', 'table-month', 'provisioned tables are not estimated'),
              quantity: always(1),
            },
          ];
    const recovery = at(props, 'pointInTimeRecovery.enabled') === true;
    return [
      ...throughput,
      { what: "Storage, one month's items", price: prices.tableStorage, quantity: forRequests(TABLE_GB) },
      ...(recovery
        ? [{ what: 'Point-in-time recovery', price: prices.tableRecovery, quantity: forRequests(TABLE_GB) }]
        : []),
    ];
  },
};
