import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** A model of Bedrock's that judges how passages fit a question. */
export interface RerankingModel {
  readonly modelArn: string;
  /** Rerank calls the model in the caller's name, which needs both rights. No guardrail: the answer is numbers. */
  readonly statements: readonly Statement[];
}

/** @param modelId for example `cohere.rerank-v3-5:0` */
export function rerankingModel({ partition, region }: Placement, modelId: string): RerankingModel {
  const modelArn = `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
  return {
    modelArn,
    statements: [
      JUSTIFIED.rerank,
      { Sid: 'JudgePassages', Effect: 'Allow', Action: ['bedrock:InvokeModel'], Resource: [modelArn] },
    ],
  };
}
