import { published } from './unit-price.ts';

const kms = published('kms', '2024-07-01');
const secrets = published('secrets-manager', '2024-07-01');

/** The first and second rotation add as much again. */
export const encryptionKey = kms(1, 'key-month');
export const encryptionRequests = kms(0.03, '10,000 requests');

export const secret = secrets(0.4, 'secret-month');
