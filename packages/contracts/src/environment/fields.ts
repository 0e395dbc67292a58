import * as z from '../zod.ts';

/** A whole number, from the text of a variable. */
export const number = (min: number, max: number, fallback: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(min), z.maximum(max)), fallback);

export const filled = z.string().check(z.minLength(1));

/** Name of a DynamoDB table. */
export const tableName = z.string().check(z.minLength(3), z.maxLength(255));

export const logLevel = z._default(z.enum(['debug', 'info', 'warn', 'error']), 'info');

/** A database user that can be named in SQL. */
export const databaseUser = z.string().check(z.regex(/^[a-z_][a-z0-9_]{0,62}$/));
