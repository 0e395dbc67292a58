import type { Placement } from '../iam/placement.ts';
import { ACCOUNT, REGION } from './invented-outputs.ts';

export const PLACEMENT: Placement = { region: REGION, partition: 'aws', account: ACCOUNT };
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/data`;
export const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:alerts`;
