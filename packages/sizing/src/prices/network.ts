import { published } from './unit-price.ts';

const vpc = published('vpc', '2024-07-01');
const privateLink = published('privatelink', '2024-07-01');
const ec2 = published('ec2/on-demand', '2024-07-01');

export const natGateway = vpc(0.045, 'hour');
export const natTraffic = vpc(0.045, 'GB');
export const publicAddress = vpc(0.005, 'hour');
/** For each Availability Zone it stands in. */
export const interfaceEndpoint = privateLink(0.01, 'zone-hour');
export const interfaceTraffic = privateLink(0.01, 'GB');
/** To the internet, first 10 TB a month. */
export const trafficOut = { ...ec2(0.09, 'GB'), source: 'https://aws.amazon.com/ec2/pricing/on-demand/' };
