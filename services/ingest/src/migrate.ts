import { MigrateLambdaEnvironment, parseEnvironment } from '@plinth/contracts';
import { migrate, openPostgresDatabase } from '@plinth/retrieval';
import { lambdaAuthorities } from '@plinth/retrieval/aws';
import { passwordFrom } from './migrate/database-secret.ts';

/** Entry point on Lambda, called once a deployment whose migrations are others: it makes the index's tables and roles, as their owner. */
const environment = parseEnvironment(MigrateLambdaEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
/** A database that pauses takes a quarter of a minute to wake. */
const CONNECT_TIMEOUT_MS = 60_000;

/** May be called again at any time: what is done stays done. A failure ends the deployment. */
export async function handler(): Promise<{ readonly state: 'up to date' }> {
  const { PLINTH_DATABASE: reference, PLINTH_DATABASE_SECRET: secretArn, PLINTH_EMBEDDING } = environment;
  const { modelId: model, dimensions } = PLINTH_EMBEDDING;
  const password = passwordFrom({ region, secretArn });
  const database = openPostgresDatabase({
    target: { kind: 'password', reference, password, ca: lambdaAuthorities() },
    connections: 1,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  try {
    await migrate(database, { embedding: { model, dimensions } });
    return { state: 'up to date' };
  } finally {
    await database.close();
  }
}
