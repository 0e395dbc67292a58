import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from '../zod.ts';
import { PlatformError } from '../errors.ts';
import { ChatLambdaEnvironment, ChatServerEnvironment, type EnvironmentVariables } from './chat.ts';
import { jsonVariable } from './json-variable.ts';
import { parseEnvironment } from './parse.ts';

const catalog = JSON.stringify([
  {
    id: 'small',
    target: { kind: 'openai', baseUrl: 'http://127.0.0.1:8000', modelId: 'm' },
    contextTokens: 100,
    maxPromptTokens: 80,
    maxCompletionTokens: 20,
    price: { input: 0, output: 0 },
  },
]);

function failure(schema: z.ZodMiniType, variables: Record<string, string | undefined>): string {
  try {
    parseEnvironment(schema, variables);
  } catch (error) {
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ code: 'configuration' });
    return (error as PlatformError).message;
  }
  throw new Error('The environment was taken.');
}

describe('the environment of a chat server', () => {
  it('needs the catalog and nothing else', () => {
    const environment = parseEnvironment(ChatServerEnvironment, { PLINTH_CATALOG: catalog });
    expect(environment).toMatchObject({
      PLINTH_HOST: '127.0.0.1',
      PLINTH_PORT: 8080,
      PLINTH_LOG_LEVEL: 'info',
      PLINTH_REQUEST_TIMEOUT_MS: 600_000,
      PLINTH_RESERVATION_TTL_MS: 60_000,
      PLINTH_EXIT_WITH_PARENT: false,
      PLINTH_GUARD_POLICY: { secrets: 'block' },
      PLINTH_DEFAULT_LIMITS: { requestsPerMinute: 600 },
    });
    expect(environment.PLINTH_CATALOG[0]?.contextPolicy).toBe('reject');
  });

  it('reads numbers, switches and JSON from their text', () => {
    const environment = parseEnvironment(ChatServerEnvironment, {
      PLINTH_CATALOG: catalog,
      PLINTH_PORT: '0',
      PLINTH_EXIT_WITH_PARENT: 'true',
      PLINTH_DEFAULT_LIMITS: '{"tokensPerDay":5}',
      UNRELATED: 'ignored',
    });
    expect(environment).toMatchObject({
      PLINTH_PORT: 0,
      PLINTH_EXIT_WITH_PARENT: true,
      PLINTH_DEFAULT_LIMITS: { tokensPerDay: 5 },
    });
    expect(environment).not.toHaveProperty('UNRELATED');
  });

  it('names every wrong variable in one error, and the missing one too', () => {
    const message = failure(ChatServerEnvironment, {
      PLINTH_PORT: '70000',
      PLINTH_LOG_LEVEL: 'chatty',
      PLINTH_OIDC_ISSUER: 'no url',
      PLINTH_REQUEST_TIMEOUT_MS: '0',
    });
    for (const name of [
      'PLINTH_CATALOG',
      'PLINTH_PORT',
      'PLINTH_LOG_LEVEL',
      'PLINTH_OIDC_ISSUER',
      'PLINTH_REQUEST_TIMEOUT_MS',
    ])
      expect(message).toContain(`  ${name}: `);
  });

  it('shows no value of any variable', () => {
    const secret = 'hunter2';
    const message = failure(ChatServerEnvironment, {
      PLINTH_CATALOG: `${secret} {"a"`,
      PLINTH_GUARD_POLICY: `{"secrets":"${secret}"}`,
      PLINTH_DEFAULT_LIMITS: `{"tokensPerDay":"${secret}"}`,
      PLINTH_PORT: secret,
      PLINTH_LOG_LEVEL: secret,
      PLINTH_OIDC_ISSUER: secret,
      PLINTH_BEDROCK_URL: secret,
      PLINTH_EXIT_WITH_PARENT: secret,
    });
    expect(message.split('\n')).toHaveLength(9);
    expect(message).not.toContain(secret);
  });

  it('points into a JSON variable by a dotted path', () => {
    const broken = JSON.stringify([{ ...(JSON.parse(catalog) as object[])[0], maxPromptTokens: 100 }]);
    expect(failure(ChatServerEnvironment, { PLINTH_CATALOG: broken })).toContain('PLINTH_CATALOG.0.maxPromptTokens: ');
  });
});

describe('a JSON variable', () => {
  it('is optional only where its schema says so', () => {
    const schema = z.object({ A: z._default(jsonVariable(z.array(z.int())), [1]) });
    expect(parseEnvironment(schema, {})).toEqual({ A: [1] });
    expect(parseEnvironment(schema, { A: '[2]' })).toEqual({ A: [2] });
    expect(failure(schema, { A: '' })).toContain('A: is not JSON');
  });
});

describe('the variables a stack supplies', () => {
  type Lambda = EnvironmentVariables<typeof ChatLambdaEnvironment>;

  it('must have every one without a default, as a string', () => {
    expectTypeOf<Lambda['PLINTH_CATALOG']>().toEqualTypeOf<string>();
    expectTypeOf<Lambda['PLINTH_LEDGER_TABLE']>().toEqualTypeOf<string>();
    const complete: Lambda = {
      PLINTH_CATALOG: catalog,
      PLINTH_LEDGER_TABLE: 'ledger',
      PLINTH_RECORDS_TABLE: 'records',
      PLINTH_AUDIT_TABLE: 'audit',
    };
    expect(parseEnvironment(ChatLambdaEnvironment, complete).PLINTH_LEDGER_TABLE).toBe('ledger');
    // @ts-expect-error A table is missing.
    const incomplete: Lambda = { PLINTH_CATALOG: '', PLINTH_LEDGER_TABLE: '', PLINTH_RECORDS_TABLE: '' };
    expect(failure(ChatLambdaEnvironment, incomplete)).toContain('PLINTH_AUDIT_TABLE');
  });

  it('may say that the tables are in another Region, by its name', () => {
    const tables = { PLINTH_LEDGER_TABLE: 'ledger', PLINTH_RECORDS_TABLE: 'records', PLINTH_AUDIT_TABLE: 'audit' };
    const inRegion = (PLINTH_STORES_REGION: string): Lambda => ({
      ...tables,
      PLINTH_CATALOG: catalog,
      PLINTH_STORES_REGION,
    });
    expect(parseEnvironment(ChatLambdaEnvironment, inRegion('us-gov-west-1')).PLINTH_STORES_REGION).toBe(
      'us-gov-west-1',
    );
    expect(failure(ChatLambdaEnvironment, inRegion('https://dynamodb.us-east-1'))).toContain('PLINTH_STORES_REGION: ');
    expect(parseEnvironment(ChatLambdaEnvironment, { ...tables, PLINTH_CATALOG: catalog })).not.toHaveProperty(
      'PLINTH_STORES_REGION',
    );
  });

  it('may have the others, and no variable that the service does not read', () => {
    expectTypeOf<Lambda['PLINTH_OIDC_ISSUER']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Lambda['PLINTH_REQUEST_TIMEOUT_MS']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Lambda>().not.toHaveProperty('PLINTH_PORT');
  });
});
