export * from './instances/ec2-instance.ts';
export * from './load/load-profile.ts';
export * as prices from './prices/index.ts';
export * from './prices/sagemaker-instances.ts';
export * from './prices/token-prices.ts';
export * from './prices/unit-price.ts';
