import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const jobRetriesAndTimeout = defineRule({
  id: 'batch-job-retries-and-timeout',
  requirement: 32,
  pack: 'baseline',
  title: 'Batch jobs are tried again and end on time',
  description:
    'Spot takes machines back, so a job needs a second try; one that hangs is paid for until somebody looks.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set retryStrategy.attempts to 2 or more and timeout.attemptDurationSeconds.',
  source: { controls: [], url: 'https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html' },
  types: ['aws:batch/jobDefinition:JobDefinition'],
  check({ retryStrategy: retry, timeout }, report) {
    if (isUnknown(retry)) report.notYetKnown(retry);
    else
      judge(
        retry?.attempts,
        report,
        (attempts) => attempts !== undefined && attempts >= 2,
        'A job that loses its machine is not tried again.',
      );
    if (isUnknown(timeout)) report.notYetKnown(timeout);
    else
      judge(
        timeout?.attemptDurationSeconds,
        report,
        (seconds) => seconds !== undefined && seconds > 0,
        'A job that hangs runs for ever.',
      );
  },
});
