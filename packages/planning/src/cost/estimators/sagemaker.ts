import { ec2Instance, HOURS_PER_MONTH, prices, sagemakerPrice, unknownPrice } from '@plinth/sizing';
import type { PlannedValue } from '../../plan.ts';
import { always, type Charge, type Estimator } from '../estimator.ts';
import { at, listAt, numberAt, refersTo, textAt } from '../read.ts';
import { SECONDS_PER_MONTH } from '../usage.ts';
import { instanceHours, scalingOf, type Fleet } from './fleet.ts';

const ENDPOINT = 'aws:sagemaker/endpoint:Endpoint';

/** An endpoint costs what the variants of its configuration run on. */
export const endpointConfiguration: Estimator = {
  types: ['aws:sagemaker/endpointConfiguration:EndpointConfiguration'],
  charges: (configuration, context) => {
    const endpoint = context.resources.find(
      ({ type, props }) => type === ENDPOINT && refersTo(props['endpointConfigName'], configuration),
    );
    const { props } = configuration;
    return [...listAt(props, 'productionVariants'), ...listAt(props, 'shadowProductionVariants')].map((variant) => {
      if (at(variant, 'serverlessConfig') !== undefined) return serverless(variant);
      const type = textAt(variant, 'instanceType');
      const start = numberAt(variant, 'initialInstanceCount') ?? 1;
      const own = at(variant, 'managedInstanceScaling');
      const fleet: Fleet =
        own === undefined
          ? scalingOf(context, 'sagemaker', endpoint, start)
          : {
              least: numberAt(own, 'minInstanceCount') ?? start,
              start,
              most: numberAt(own, 'maxInstanceCount') ?? Infinity,
            };
      return hosted(`Endpoint on ${type ?? 'an instance not yet known'}`, type, fleet);
    });
  },
};

function hosted(what: string, type: string | undefined, fleet: Fleet): Charge {
  if (type === undefined)
    return instanceHours(what, unknownPrice('sagemaker', 'instance-hour', 'the type is not yet known'), fleet);
  const price = sagemakerPrice(type);
  const alone = ec2Instance(type)?.price.usd;
  const floor = alone === undefined ? undefined : `the same instance on EC2 costs $${alone} an hour, so it is more`;
  return instanceHours(what, price, fleet, price.usd === undefined ? floor : undefined);
}

function serverless(variant: PlannedValue): Charge {
  const gb = (numberAt(variant, 'serverlessConfig.memorySizeInMb') ?? 2048) / 1024;
  const copies = numberAt(variant, 'serverlessConfig.maxConcurrency') ?? Infinity;
  return {
    what: `Serverless endpoint, ${gb} GB`,
    price: prices.serverlessInference,
    quantity: (use) =>
      ((use.case === 'worst' ? copies * SECONDS_PER_MONTH : use.requests * use.secondsPerRequest) * gb) / 1e6,
  };
}

export const trackingServer: Estimator = {
  types: ['aws:sagemaker/mlflowTrackingServer:MlflowTrackingServer', 'aws:sagemaker/mlflowApp:MlflowApp'],
  charges: () => [{ what: 'Tracking server', price: prices.trackingServer, quantity: always(HOURS_PER_MONTH) }],
};

/** A model of the Bedrock Marketplace runs on an endpoint of the account. */
export const marketplaceEndpoint: Estimator = {
  types: ['pulumi-nodejs:dynamic:Resource', 'pulumi-nodejs:dynamic/bedrock:MarketplaceEndpoint'],
  charges: ({ props }) => {
    const type = textAt(props, 'instanceType');
    if (type === undefined) {
      const price = unknownPrice('sagemaker', 'month', 'what a dynamic resource creates, only its own code knows');
      return [{ what: 'Dynamic resource', price, quantity: always(1) }];
    }
    const count = numberAt(props, 'instanceCount') ?? numberAt(props, 'initialInstanceCount') ?? 1;
    return [
      {
        ...hosted(`Marketplace endpoint on ${type}`, type, { least: count, start: count, most: count }),
        note: "without the model's own price, which its Marketplace page tells",
      },
    ];
  },
};
