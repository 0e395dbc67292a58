import { prices } from '@plinth/sizing';
import type { Estimator } from '../estimator.ts';
import { textAt } from '../read.ts';

export const cognito: Estimator = {
  types: ['aws:cognito/userPool:UserPool'],
  charges: ({ props }) => {
    const tier = textAt(props, 'userPoolTier') ?? 'ESSENTIALS';
    const price = tier === 'PLUS' || tier === 'LITE' ? prices.cognitoUsers[tier] : prices.cognitoUsers.ESSENTIALS;
    return [{ what: `People who sign in, ${tier.toLowerCase()}`, price, quantity: (use) => use.activeUsers }];
  },
};
