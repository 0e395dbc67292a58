import { published } from './unit-price.ts';

const apiGateway = published('api-gateway', '2024-07-01');
const cognitoPlan = published('cognito', '2024-11-22');
const lambdaPrice = published('lambda', '2024-07-01');
const wafPrice = published('waf', '2024-07-01');
const loadBalancing = published('elasticloadbalancing', '2024-07-01');

/** First tier: up to 333 million requests a month. A streamed answer counts once for each 10 MB. */
export const restApiRequests = apiGateway(3.5, '1M requests');
/** First tier: up to 300 million requests a month. */
export const httpApiRequests = apiGateway(1, '1M requests');

/** By feature plan of the user pool. The first 10,000 users of Lite and Essentials are free in an account. */
export const cognitoUsers = {
  LITE: cognitoPlan(0.0055, 'active user'),
  ESSENTIALS: cognitoPlan(0.015, 'active user'),
  PLUS: cognitoPlan(0.02, 'active user'),
} as const;

export const lambdaRequests = lambdaPrice(0.2, '1M requests');
/** First tier: 6 and 7.5 billion GB-seconds a month. */
export const lambdaDuration = {
  x86_64: lambdaPrice(16.6667, '1M GB-seconds'),
  arm64: lambdaPrice(13.3334, '1M GB-seconds'),
} as const;

export const webAcl = wafPrice(5, 'web ACL-month');
export const webAclRule = wafPrice(1, 'rule-month');
export const webAclRequests = wafPrice(0.6, '1M requests');

export const applicationLoadBalancer = loadBalancing(0.0225, 'hour');
export const applicationCapacityUnit = loadBalancing(0.008, 'LCU-hour');
export const networkLoadBalancer = loadBalancing(0.0225, 'hour');
