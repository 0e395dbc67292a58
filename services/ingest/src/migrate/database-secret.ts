import { PlatformError } from '@plinth/contracts';

const TIMEOUT_MS = 10_000;

export interface DatabaseSecret {
  readonly region: string;
  readonly secretArn: string;
}

/** The password in a secret of RDS, as it is at each call: RDS turns it over. Throws `configuration` for a secret that may not be read or holds none. */
export function passwordFrom({ region, secretArn }: DatabaseSecret): () => Promise<string> {
  return async () => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManagerClient({ region, maxAttempts: 3 });
    try {
      const command = new GetSecretValueCommand({ SecretId: secretArn });
      const { SecretString } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      const { password } = JSON.parse(SecretString ?? '{}') as { readonly password?: unknown };
      if (typeof password === 'string' && password !== '') return password;
    } catch (error) {
      // Its message could quote what the secret holds.
      const name = error instanceof Error ? error.name : 'unknown';
      throw new PlatformError(
        name === 'AbortError' ? 'upstream_timeout' : 'configuration',
        `The database's secret cannot be read (${name}). Grant it to this role, and its way through the network.`,
      );
    } finally {
      client.destroy();
    }
    throw new PlatformError('configuration', "The database's secret holds no password. Name the one that RDS keeps.");
  };
}
