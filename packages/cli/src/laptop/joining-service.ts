/** What a service that comes up beside the chat is started with. */
export interface JoiningServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly state: string;
  /** What the model server said when it was ready. */
  readonly model: Record<string, unknown>;
  /** Credentials of the local endpoints. */
  readonly credentials: Record<string, string>;
  readonly say: (text: string) => void;
}
