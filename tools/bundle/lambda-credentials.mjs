// Stands in for the AWS SDK's default credential chain in Lambda bundles. On Lambda the role's credentials are in the environment; the
// chain's other links (profiles, SSO, containers, instances) are a third of the SDK and never used there.
export function defaultProvider() {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey)
      throw new Error('The function has no credentials in its environment. Give it an execution role.');
    return { accessKeyId, secretAccessKey, sessionToken };
  };
}

/** The same under the name that the database's signer knows it by. */
export const fromNodeProviderChain = defaultProvider;
