/** Why an engine has not answered a record, as far as it says. */
export interface EngineFault {
  /** As of HTTP. */
  readonly status: number | undefined;
  /** The engine's own words. They may quote the prompt: never log them. */
  readonly message: string;
}

/** What an engine says of one record, by its place in the shard. `output` is its own shape, and not looked at yet. */
export type EngineAnswer =
  | { readonly ordinal: number; readonly output: unknown; readonly fault?: undefined }
  | { readonly ordinal: number; readonly fault: EngineFault };

/** Lines of an engine's files, each a JSON object without its end. */
export interface FileFormat {
  /** Asks for one record. @param body What the model is sent, as JSON. */
  ask(ordinal: number, body: string): string;
  /** What a line of the answers says; undefined where it speaks of no record or makes no sense. */
  read(line: string): EngineAnswer | undefined;
}

/** The line as an object; undefined where it is none. */
export function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (error) {
    // An answer that was cut short. What the parser says of it is not passed on: it quotes the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
