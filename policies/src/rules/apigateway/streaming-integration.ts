import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { defineStackRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const LONGEST_MS = 900_000;

export const streamingIntegration = defineStackRule({
  id: 'apigateway-streaming-integration',
  requirement: 31,
  pack: 'baseline',
  title: 'Streaming integrations stream, within 900 seconds, on a regional or private API',
  description:
    'A buffered integration of a streaming function answers only at the end. An edge-optimized API cuts idle streams after 30 seconds.',
  severity: 'high',
  levels: ALWAYS,
  remediation:
    'Set responseTransferMode STREAM, timeoutMilliseconds of at most 900000, and endpoint type REGIONAL or PRIVATE.',
  source: {
    controls: [],
    url: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html',
  },
  check(stack, report) {
    const apis = stack.ofType('aws:apigateway/restApi:RestApi');
    for (const integration of stack.ofType('aws:apigateway/integration:Integration')) {
      const { props, urn } = integration;
      const { responseTransferMode: mode, uri } = props;
      if (isUnknown(mode)) {
        report.notYetKnown(mode, urn);
        continue;
      }
      if (mode !== 'STREAM') {
        if (callsStreamingFunction(uri)) report.violation('The function streams, but the integration buffers.', urn);
        continue;
      }
      judge(
        props.timeoutMilliseconds,
        report,
        (ms) => ms !== undefined && ms <= LONGEST_MS,
        `The timeout of a stream must be set, to at most ${LONGEST_MS} ms; left out it is 29 seconds.`,
        urn,
      );
      for (const api of apis.filter((candidate) => stack.refersTo(integration, 'restApi', candidate))) {
        const endpoint = api.props.endpointConfiguration;
        if (isUnknown(endpoint)) report.notYetKnown(endpoint, api.urn);
        else
          judge(
            endpoint?.types,
            report,
            (types) => types !== undefined && types !== 'EDGE',
            'The API is edge-optimized, which is what AWS takes when no endpoint type is set.',
            api.urn,
          );
      }
    }
  },
});

function callsStreamingFunction(uri: unknown): boolean {
  if (isUnknown(uri))
    return (
      uri.sources.some(({ property }) => property === 'responseStreamingInvokeArn') ||
      uri.template?.includes('response-streaming-invocations') === true
    );
  return typeof uri === 'string' && uri.includes('response-streaming-invocations');
}
