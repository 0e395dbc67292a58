import { objectIn, type FileFormat } from './file-format.ts';
import { ordinalOf, recordName } from './record-name.ts';

/** How a transform job is told to send the model the body alone, and to put what it answers beside the name: the names stay on this side. */
export const TRANSFORM_JOIN = {
  InputFilter: '$.body',
  JoinSource: 'Input',
  OutputFilter: "$['recordId','SageMakerOutput']",
} as const;

/**
 * SageMaker's batch transform over JSON lines: `{ recordId, body }` in; `{ recordId, SageMakerOutput }` out, by {@link TRANSFORM_JOIN}. A record the
 * model refuses fails its whole job, so there are no faults of single records. Source: SageMaker developer guide, "Associate prediction results
 * with input records".
 */
export const transformLines: FileFormat = {
  ask: (ordinal, body) => `{"recordId":"${recordName(ordinal)}","body":${body}}`,
  read(text) {
    const answer = objectIn(text);
    const ordinal = ordinalOf(answer?.['recordId']);
    const output = answer?.['SageMakerOutput'];
    return ordinal === undefined || output === undefined || output === null ? undefined : { ordinal, output };
  },
};
