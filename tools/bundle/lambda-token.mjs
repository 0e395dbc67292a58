// Stands in for the AWS SDK's bearer-token chain in Lambda bundles: a function signs with its role and has no SSO session.
export const nodeProvider = () => async () => {
  throw new Error('Bearer tokens are not used on Lambda.');
};
export const fromEnvSigningName = nodeProvider;
