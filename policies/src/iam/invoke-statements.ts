import { coversAction, type Statement } from './policy-document.ts';

const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream', 'bedrock:CreateModelInvocationJob'];

/** Statements that let somebody call a model. Converse and ConverseStream are covered by the same actions. */
export function invokeStatements(statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(
    ({ effect, actions }) =>
      effect === 'Allow' && actions.some((pattern) => INVOKE.some((action) => coversAction(pattern, action))),
  );
}
