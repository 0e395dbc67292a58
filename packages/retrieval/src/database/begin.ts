import type { DatabaseSession } from '../ports/database.ts';

/** A statement with its bound values. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

export const DEFAULT_TIMEOUT_MS = 30_000;

export interface BeginOptions {
  /** For each statement, enforced by the database where it can. */
  readonly timeoutMs: number;
  /** False where the login user is the role already and may not become another. */
  readonly setRole: boolean;
}

/**
 * What begins a transaction: the role, and whose rows row-level security shows. Everything is local to the transaction. The first text is
 * ours alone, so it can be several commands in one round trip; what comes from a token is bound.
 */
export function beginStatements(session: DatabaseSession, options: BeginOptions): readonly [string, Statement] {
  const begin = ['BEGIN', `SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(options.timeoutMs))}`];
  if (options.setRole && session.role !== 'owner') begin.push(`SET LOCAL ROLE ${session.role}`);
  const reader = session.role === 'rag_reader' ? session : undefined;
  const tenant = session.role === 'owner' ? undefined : session.tenant;
  return [
    begin.join('; '),
    {
      text: `SELECT set_config('plinth.tenant', $1, true), set_config('plinth.principal', $2, true),
                    set_config('plinth.groups', $3, true), set_config('plinth.queue', $4, true)`,
      values: [
        tenant ?? '',
        reader?.principal ?? '',
        JSON.stringify(reader?.groups ?? []),
        session.role === 'rag_writer' && tenant === undefined ? 'on' : '',
      ],
    },
  ];
}
