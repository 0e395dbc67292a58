import { objectIn, type EngineFault, type FileFormat } from './file-format.ts';
import { ordinalOf, recordName } from './record-name.ts';

/** The fewest records of a job. Source: Bedrock's quotas, "Minimum number of records per batch inference job". */
export const BEDROCK_LEAST_RECORDS = 100;

/**
 * Bedrock's model invocation jobs: `{ recordId, modelInput }` in; `{ recordId, modelInput, modelOutput }` or, with `error` in place of the output,
 * `{ errorCode, errorMessage }` out, in any order. Source: Bedrock user guide, "Format and upload your batch inference data" and "View the results".
 */
export const bedrockLines: FileFormat = {
  ask: (ordinal, body) => line(recordName(ordinal), body),
  read(text) {
    const answer = objectIn(text);
    const ordinal = ordinalOf(answer?.['recordId']);
    if (answer === undefined || ordinal === undefined) return undefined;
    const { modelOutput, error } = answer;
    if (error !== undefined && error !== null) return { ordinal, fault: faultOf(error) };
    return modelOutput === undefined || modelOutput === null ? undefined : { ordinal, output: modelOutput };
  },
};

/** A request that no record made, to fill a job up to {@link BEDROCK_LEAST_RECORDS}. Its answer is read over. */
export function bedrockFiller(index: number, body: string): string {
  return line(`F${index.toString().padStart(10, '0')}`, body);
}

function line(recordId: string, body: string): string {
  return `{"recordId":"${recordId}","modelInput":${body}}`;
}

function faultOf(error: unknown): EngineFault {
  const { errorCode, errorMessage } = error as { errorCode?: unknown; errorMessage?: unknown };
  return {
    status: typeof errorCode === 'number' ? errorCode : undefined,
    message: typeof errorMessage === 'string' ? errorMessage : '',
  };
}
