import type { Statement } from './statement.ts';

/**
 * The only statements that may name every resource, each with the reason. Tests walk every policy the stacks register and
 * fail on a wildcard that is not one of these.
 */
export const JUSTIFIED = {
  /** X-Ray has no resources to name: AWS accepts these two actions on `*` alone. */
  traces: {
    Sid: 'WriteTraces',
    Effect: 'Allow',
    Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    Resource: '*',
  },
} as const satisfies Record<string, Statement>;
