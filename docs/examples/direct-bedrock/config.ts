/** Where the page gets its credentials, and what it may call with them. Nothing in it is secret: every visitor can read it. */
export interface DirectConfig {
  region: string;
  identityPoolId: string;
  /** Model id, or the ARN of the application inference profile that the role allows. */
  modelId: string;
  /** The version is a number: a page that names DRAFT changes when someone edits the guardrail. */
  guardrail: { id: string; version: string };
  /** Where people sign in, such as `cognito-idp.us-east-1.amazonaws.com/us-east-1_abc`; left out for a pool that takes guests. */
  loginProvider?: string;
  /** A stand-in for both AWS services; left out in AWS. */
  endpoint?: string;
}

/** Reads `config.json` beside the page. */
export async function readConfig(signal: AbortSignal): Promise<DirectConfig> {
  const response = await fetch('config.json', { signal });
  if (!response.ok) throw new Error(`config.json could not be read: status ${response.status}.`);
  return (await response.json()) as DirectConfig;
}
