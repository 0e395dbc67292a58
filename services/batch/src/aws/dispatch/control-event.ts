import { BatchMessage } from '@plinth/contracts';

/** What a message of either queue asks for. */
export type ControlEvent =
  | BatchMessage
  /** A run of the workflow is over. */
  | { readonly kind: 'ended'; readonly run: string }
  /** Spot took a machine back. Batch tries the job again by itself. */
  | { readonly kind: 'interruption'; readonly jobId: string };

/** Reads a message: ours, or an event of AWS as EventBridge passes it on. Undefined for what is neither. */
export function readControlEvent(body: string): ControlEvent | undefined {
  const value = parsed(body);
  const message = BatchMessage.safeParse(value);
  if (message.success) return message.data;
  const { 'detail-type': type, detail } = (value ?? {}) as {
    'detail-type'?: unknown;
    detail?: Record<string, unknown>;
  };
  if (type === 'Step Functions Execution Status Change' && typeof detail?.['executionArn'] === 'string') {
    const run = detail['executionArn'].split(':').at(-1);
    return run === undefined ? undefined : { kind: 'ended', run };
  }
  if (type === 'Batch Job State Change' && typeof detail?.['jobId'] === 'string')
    return { kind: 'interruption', jobId: detail['jobId'] };
  return undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
