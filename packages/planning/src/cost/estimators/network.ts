import { HOURS_PER_MONTH, prices } from '@plinth/sizing';
import { always, type Estimator } from '../estimator.ts';
import { TOKEN_CHARACTERS } from '../per-request.ts';
import { listAt, textAt } from '../read.ts';
import type { Usage } from '../usage.ts';

/** Text of prompts and answers, GB. */
const traffic = ({ promptTokens, completionTokens }: Usage) =>
  ((promptTokens + completionTokens) * TOKEN_CHARACTERS) / 1024 ** 3;

export const natGateway: Estimator = {
  types: ['aws:ec2/natGateway:NatGateway'],
  charges: () => [
    { what: 'NAT gateway', price: prices.natGateway, quantity: always(HOURS_PER_MONTH) },
    { what: 'Traffic through it', price: prices.natTraffic, quantity: traffic },
  ],
};

export const publicAddress: Estimator = {
  types: ['aws:ec2/eip:Eip'],
  charges: () => [{ what: 'Public IPv4 address', price: prices.publicAddress, quantity: always(HOURS_PER_MONTH) }],
};

export const endpoint: Estimator = {
  types: ['aws:ec2/vpcEndpoint:VpcEndpoint'],
  charges: ({ props }) => {
    // Gateway endpoints, the default, are free.
    if (textAt(props, 'vpcEndpointType') !== 'Interface') return [];
    const zones = Math.max(1, listAt(props, 'subnetIds').length);
    return [
      {
        what: `Interface endpoint in ${zones} zone${zones === 1 ? '' : 's'}`,
        price: prices.interfaceEndpoint,
        quantity: always(zones * HOURS_PER_MONTH),
      },
      { what: 'Traffic through it', price: prices.interfaceTraffic, quantity: traffic },
    ];
  },
};

export const loadBalancer: Estimator = {
  types: ['aws:lb/loadBalancer:LoadBalancer', 'aws:alb/loadBalancer:LoadBalancer'],
  charges: ({ props }) => {
    if (textAt(props, 'loadBalancerType') === 'network')
      return [{ what: 'Load balancer', price: prices.networkLoadBalancer, quantity: always(HOURS_PER_MONTH) }];
    return [
      { what: 'Load balancer', price: prices.applicationLoadBalancer, quantity: always(HOURS_PER_MONTH) },
      {
        // One capacity unit carries 1 GB an hour.
        what: 'Capacity units, by traffic',
        price: prices.applicationCapacityUnit,
        quantity: traffic,
      },
    ];
  },
};
