import { BedrockRuntimeClient, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startLocal, type RunningLocal } from '../../start-local.ts';
import { ScriptedEngine } from '../../testing/index.ts';
import { GuardrailDefinition } from '../guardrail/guardrail-config.ts';

export const MODEL = 'us.meta.llama3-2-1b-instruct-v1:0';

const GUARDRAIL = GuardrailDefinition.parse({
  id: 'testguard',
  piiEntities: [
    { type: 'EMAIL', action: 'ANONYMIZE' },
    { type: 'US_SOCIAL_SECURITY_NUMBER', action: 'BLOCK' },
  ],
  deniedWords: ['project kestrel'],
  blockedInputMessaging: 'Not that.',
  blockedOutputsMessaging: 'No more.',
});
export const guardrailConfig = { guardrailIdentifier: 'testguard', guardrailVersion: '1', trace: 'enabled' as const };

export interface BedrockServer {
  engine: ScriptedEngine;
  /** The SDK, pointed at the server, with the one key it knows. */
  client: BedrockRuntimeClient;
  url: string;
  connect(accessKeyId: string): BedrockRuntimeClient;
}

/** A Bedrock runtime over a scripted engine for one test file; the script is reset before every test. */
export function useBedrockServer(): BedrockServer {
  const engine = new ScriptedEngine();
  let local: RunningLocal;
  let client: BedrockRuntimeClient;
  const connect = (accessKeyId: string) =>
    new BedrockRuntimeClient({
      endpoint: local.bedrockUrl,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  beforeAll(async () => {
    local = await startLocal({ engine, guardrails: [GUARDRAIL], accessKeyIds: ['AKIDLOCAL'] });
    client = connect('AKIDLOCAL');
  });
  afterAll(async () => {
    client.destroy();
    await local.close();
  });
  beforeEach(() => {
    engine.play({});
    engine.requests.length = 0;
  });
  return {
    engine,
    connect,
    get client() {
      return client;
    },
    get url() {
      return local.bedrockUrl;
    },
  };
}

export const ask = (text: string) => ({ modelId: MODEL, messages: [{ role: 'user' as const, content: [{ text }] }] });

export async function collect(stream: AsyncIterable<ConverseStreamOutput> | undefined): Promise<ConverseStreamOutput[]> {
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

export const textOf = (events: ConverseStreamOutput[]) =>
  events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('');
