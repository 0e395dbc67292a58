import { ERROR_CODES } from './errors.ts';
import * as z from './zod.ts';

/** Pieces of an OpenAPI 3.1 document, made from the schemas that requests are checked with. */
export const openApi = {
  /** A schema as JSON Schema, as what is sent must look. */
  schema: (schema: z.ZodMiniType) => z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }),
  reference: (name: string) => ({ $ref: `#/components/schemas/${name}` }),
  json: (schema: object) => ({ content: { 'application/json': { schema } } }),
  /** A JSON answer or body of a named schema. */
  named: (description: string, name: string) => ({ description, ...openApi.json(openApi.reference(name)) }),
  /** Every status an error code can lead to, with the codes it may carry. Needs a schema named `Error`. */
  errors(only?: readonly number[]) {
    const codes = new Map<number, string[]>();
    for (const [code, { status }] of Object.entries(ERROR_CODES))
      codes.set(status, [...(codes.get(status) ?? []), code]);
    const entries = [...codes].filter(([status]) => only === undefined || only.includes(status));
    return Object.fromEntries(
      entries
        .sort(([a], [b]) => a - b)
        .map(([status, names]) => [String(status), openApi.named(`Codes: ${names.join(', ')}.`, 'Error')]),
    );
  },
  health: {
    '/healthz': {
      get: {
        operationId: 'health',
        security: [],
        summary: 'The process runs',
        responses: { '200': { description: 'It does.' } },
      },
    },
    '/readyz': {
      get: {
        operationId: 'ready',
        security: [],
        summary: 'Requests can be served',
        responses: { '200': { description: 'They can.' }, '503': { description: 'Not yet.' } },
      },
    },
  },
  bearer: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key (`plinth_…`) or a JWT of the configured issuer.',
    },
  },
} as const;
