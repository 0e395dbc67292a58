import { published, unknownPrice } from './unit-price.ts';

const sqs = published('sqs', '2024-07-01');
const sns = published('sns', '2024-12-04');
const stepFunctions = published('step-functions', '2024-07-01');
const eventBridge = published('eventbridge', '2024-07-01');
const codeBuild = published('codebuild', '2024-07-01');

export const queueRequests = { standard: sqs(0.4, '1M requests'), fifo: sqs(0.5, '1M requests') } as const;
export const notifications = sns(0.5, '1M requests');
export const transitions = stepFunctions(0.025, '1,000 transitions');
export const expressRuns = stepFunctions(1, '1M requests');
export const customEvents = eventBridge(1, '1M events');
/** After 14 million free ones a month. */
export const schedulerInvocations = eventBridge(1, '1M invocations');
/** Linux, general1.small. */
export const buildMinutes = codeBuild(0.005, 'minute');
export const pipeline = unknownPrice('codepipeline', 'pipeline-month', 'differs by pipeline type and minutes used');
