import type * as pulumi from '@pulumi/pulumi';
import { metricsOf, type MetricReference, type Watch } from './watch.ts';

/** A REST API's stage: requests, refusals and failures. */
export function watchRestApi(api: { apiName: pulumi.Input<string>; stageName: pulumi.Input<string> }): Watch {
  const metric = metricsOf('AWS/ApiGateway', { ApiName: api.apiName, Stage: api.stageName });
  return watchFront({ metric, requests: 'Count', refused: '4XXError', failed: '5XXError' });
}

/** An HTTP API's stage, which API Gateway counts under other names. */
export function watchHttpApi(api: { apiId: pulumi.Input<string>; stageName: pulumi.Input<string> }): Watch {
  const metric = metricsOf('AWS/ApiGateway', { ApiId: api.apiId, Stage: api.stageName });
  return watchFront({ metric, requests: 'Count', refused: '4xx', failed: '5xx' });
}

interface FrontNames {
  readonly metric: (name: string, stat: string, label: string) => MetricReference;
  readonly requests: string;
  readonly refused: string;
  readonly failed: string;
}

function watchFront({ metric, requests, refused, failed }: FrontNames): Watch {
  return {
    alarms: {
      'front-errors': {
        description: 'More than one in a hundred answers of the API is a 5xx.',
        metrics: [metric(failed, 'Average', 'share of 5xx')],
        periodSeconds: 300,
        threshold: 0.01,
      },
    },
    graphs: [
      {
        title: 'Requests',
        lines: [
          metric(requests, 'Sum', 'requests'),
          metric(refused, 'Sum', 'refused (4xx)'),
          metric(failed, 'Sum', 'failed (5xx)'),
        ],
      },
    ],
  };
}

/** A Lambda function: errors, throttles, copies at once, time. */
export function watchFunction(fn: {
  functionName: pulumi.Input<string>;
  /** Tells several functions apart. @default 'function' */
  label?: string;
}): Watch {
  const label = fn.label ?? 'function';
  const metric = metricsOf('AWS/Lambda', { FunctionName: fn.functionName });
  return {
    alarms: {
      [`${label}-errors`]: {
        description: `The ${label} fails. See its log group for the request ids.`,
        metrics: [metric('Errors', 'Sum', 'errors')],
        periodSeconds: 300,
        threshold: 5,
      },
      [`${label}-throttles`]: {
        description: `All reserved copies of the ${label} are busy. Raise its reserved concurrency, or find who holds streams open.`,
        metrics: [metric('Throttles', 'Sum', 'throttles')],
        periodSeconds: 300,
        threshold: 5,
      },
    },
    graphs: [
      {
        title: `Copies of the ${label} at once`,
        lines: [
          metric('ConcurrentExecutions', 'Maximum', 'at once'),
          metric('Throttles', 'Sum', 'throttles'),
          metric('Errors', 'Sum', 'errors'),
        ],
      },
      { title: `Time of the ${label}`, lines: [metric('Duration', 'p99', 'p99, ms')] },
    ],
  };
}
