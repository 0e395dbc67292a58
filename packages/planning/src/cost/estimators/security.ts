import { prices } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { KEY_USES } from '../per-request.ts';

export const kmsKey: Estimator = {
  types: ['aws:kms/key:Key'],
  charges: ({ props }) => [
    {
      what: 'Key',
      price: prices.encryptionKey,
      quantity: always(1),
      note:
        props['enableKeyRotation'] === true ? 'rotated: the first two years add one dollar a month each' : undefined,
    },
    { what: 'Uses of the key', price: prices.encryptionRequests, quantity: forRequests(KEY_USES / 10_000) },
  ],
};

export const secret: Estimator = {
  types: ['aws:secretsmanager/secret:Secret'],
  charges: () => [{ what: 'Secret', price: prices.secret, quantity: always(1) }],
};
