/** One step of the schema, done once and never changed afterwards. `sql` may be many commands; it runs in one transaction. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
