import { ADVISE_IN_DEV } from '../../levels.ts';
import { at } from '../../read.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const WANTED: readonly { what: string; path: readonly string[] }[] = [
  { what: 's3FailurePath, so failures leave nothing behind', path: ['s3FailurePath'] },
  { what: 'notificationConfig.errorTopic, so nobody hears of a failure', path: ['notificationConfig', 'errorTopic'] },
];

export const asyncFailurePath = defineRule({
  id: 'sagemaker-async-failure-path',
  requirement: 30,
  pack: 'baseline',
  title: 'Asynchronous endpoints keep what failed and tell somebody',
  description:
    'The caller has gone by the time the model fails: without a path and a topic the request is lost in silence.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set outputConfig.s3FailurePath and outputConfig.notificationConfig.errorTopic.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-create-endpoint-config.html',
  },
  types: ['aws:sagemaker/endpointConfiguration:EndpointConfiguration'],
  check({ asyncInferenceConfig: async }, report) {
    if (async === undefined) return;
    for (const { what, path } of WANTED) {
      const value = at(async, 'outputConfig', ...path);
      // A path or topic of the stack is unknown yet surely there.
      if (isUnknown(value)) {
        if (value.sources.length === 0) report.notYetKnown(value);
      } else if (typeof value !== 'string' || value === '') report.violation(`There is no ${what}.`);
    }
  },
});
