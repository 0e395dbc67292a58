/** What one request is taken to cause. Averages of this platform's services, on the safe side; the report repeats them. */

/** Writes and strongly consistent reads of each table: reserve and settle, or the like. */
export const TABLE_WRITES = 2;
export const TABLE_READS = 2;
/** Kept in each table, GB. */
export const TABLE_GB = 4 / 1024 / 1024;
/** Written to each log group, GB. */
export const LOG_GB = 2 / 1024 / 1024;
/** Uses of each key: tables and buckets keep data keys for a while. */
export const KEY_USES = 2;
/** One streamed token as a server-sent event, GB. */
export const TOKEN_GB = 250 / 1024 ** 3;
/** Characters in one token, English text. */
export const TOKEN_CHARACTERS = 4;
/** Part of the requests X-Ray records by its default rule. */
export const TRACED_SHARE = 0.05;
/** Messages in and out of a queue for each request that goes through it: send, receive, delete. */
export const QUEUE_CALLS = 3;

export const PER_REQUEST_ASSUMPTIONS: readonly string[] = [
  `One request makes ${TABLE_WRITES} writes and ${TABLE_READS} reads in each table and keeps 4 KB there, writes 2 KB to each log group, uses each key ${KEY_USES} times; a streamed token is 250 bytes and ${TOKEN_CHARACTERS} characters; X-Ray records one request in ${1 / TRACED_SHARE}.`,
];
