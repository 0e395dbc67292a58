import type { DatabaseReference } from '@plinth/contracts';
import { PlatformError } from '@plinth/contracts';
import type { PoolConfig } from 'pg';
import type { Database } from '../../ports/database.ts';
import { iamToken } from './iam-token.ts';
import { PostgresDatabase } from './postgres-database.ts';

export type PostgresTarget =
  /** Signed in to by IAM over TLS, as a user who is the role. `ca` is the certificate bundle where Node does not know RDS's: PEM. */
  | { readonly kind: 'iam'; readonly reference: DatabaseReference; readonly region: string; readonly ca?: string }
  /** The owner over TLS, by a password that is asked for at each connection: it may have been turned over since. */
  | {
      readonly kind: 'password';
      readonly reference: DatabaseReference;
      readonly password: () => Promise<string>;
      readonly ca?: string;
    }
  /** `postgres://…` of a login that may become each of the roles. */
  | { readonly kind: 'url'; readonly url: string };

export interface PostgresOptions {
  readonly target: PostgresTarget;
  /**
   * Connections at most.
   * @default 10
   */
  readonly connections?: number;
  /**
   * Transactions that may wait for a connection.
   * @default 256
   */
  readonly queueLimit?: number;
  /** @default 10000 */
  readonly connectTimeoutMs?: number;
}

/** A PostgreSQL server with pgvector, Aurora among them. Connects at the first transaction. */
export function openPostgresDatabase(options: PostgresOptions): Database {
  const { target, connections = 10, queueLimit = 256, connectTimeoutMs = 10_000 } = options;
  const pool: PoolConfig = {
    ...poolTarget(target),
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    // Long enough for its own token to end is never a matter: a token is needed to connect only. Bounded all the same, so that rights are asked for anew.
    maxLifetimeSeconds: 3_600,
    keepAlive: true,
    application_name: 'plinth',
    // Statements here are short: compiling one takes longer than running it.
    options: '-c jit=off -c idle_in_transaction_session_timeout=60000',
    allowExitOnIdle: true,
  };
  return new PostgresDatabase({ pool, queueLimit, role: target.kind === 'iam' ? target.reference.user : undefined });
}

function poolTarget(target: PostgresTarget): PoolConfig {
  if (target.kind === 'url') return urlConfig(target.url);
  const { reference, ca } = target;
  const { host, port, database, user } = reference;
  const password = target.kind === 'iam' ? signedPassword(target) : target.password;
  return { host, port, database, user, password, ssl: { rejectUnauthorized: true, ...(ca !== undefined && { ca }) } };
}

function signedPassword({ reference, region }: Extract<PostgresTarget, { kind: 'iam' }>): () => Promise<string> {
  return iamToken(async () => {
    const { Signer } = await import('@aws-sdk/rds-signer');
    return new Signer({ hostname: reference.host, port: reference.port, username: reference.user, region });
  });
}

function urlConfig(url: string): PoolConfig {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (protocol !== 'postgres:' && protocol !== 'postgresql:')
    throw new PlatformError('configuration', 'The database is named by a URL that begins with "postgres://".');
  return { connectionString: url };
}
