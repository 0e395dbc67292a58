import { published, unknownPrice, type Price } from './unit-price.ts';

const hourly = published('sagemaker', '2025-10-01');

/**
 * US dollars an hour of hosting, on demand. Only what several public records agree on: for Inferentia, and for the p families since their
 * price cuts of 2025, they do not.
 */
const USD_PER_HOUR: Readonly<Record<string, number>> = {
  'ml.m5.large': 0.115,
  'ml.m5.xlarge': 0.23,
  'ml.m5.2xlarge': 0.461,
  'ml.m5.4xlarge': 0.922,
  'ml.c5.large': 0.102,
  'ml.c5.xlarge': 0.204,
  'ml.c5.2xlarge': 0.408,
  'ml.c5.4xlarge': 0.816,
  'ml.g4dn.xlarge': 0.7364,
  'ml.g5.xlarge': 1.408,
  'ml.g5.2xlarge': 1.515,
  'ml.g5.4xlarge': 2.03,
  'ml.g5.8xlarge': 3.06,
  'ml.g5.12xlarge': 7.09,
  'ml.g5.16xlarge': 5.12,
  'ml.g5.24xlarge': 10.18,
  'ml.g5.48xlarge': 20.36,
  'ml.g6.xlarge': 1.127,
  'ml.g6.2xlarge': 1.222,
  'ml.g6.4xlarge': 1.654,
  'ml.g6.8xlarge': 2.518,
  'ml.g6.12xlarge': 5.752,
  'ml.g6.24xlarge': 8.344,
  'ml.g6.48xlarge': 16.688,
};

/** @param type With its prefix, `ml.g5.xlarge`. */
export function sagemakerPrice(type: string): Price {
  const usd = USD_PER_HOUR[type];
  if (usd !== undefined) return hourly(usd, 'instance-hour');
  return unknownPrice(
    'sagemaker',
    'instance-hour',
    `no public record of the price of ${type} was found that others agree with`,
  );
}
