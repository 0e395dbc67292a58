import { prices } from '@plinth/sizing';
import { forRequests, type Estimator } from '../estimator.ts';
import { TOKEN_GB, TRACED_SHARE } from '../per-request.ts';

export const restApi: Estimator = {
  types: ['aws:apigateway/restApi:RestApi'],
  charges: () => [
    { what: 'API requests', price: prices.restApiRequests, quantity: forRequests(1 / 1e6) },
    { what: 'Traffic to the internet', price: prices.trafficOut, quantity: (use) => use.completionTokens * TOKEN_GB },
  ],
};

export const httpApi: Estimator = {
  types: ['aws:apigatewayv2/api:Api'],
  charges: () => [
    { what: 'API requests', price: prices.httpApiRequests, quantity: forRequests(1 / 1e6) },
    { what: 'Traffic to the internet', price: prices.trafficOut, quantity: (use) => use.completionTokens * TOKEN_GB },
  ],
};

export const restStage: Estimator = {
  types: ['aws:apigateway/stage:Stage'],
  charges: ({ props }) =>
    props['xrayTracingEnabled'] === true
      ? [{ what: 'Traces', price: prices.traces, quantity: forRequests(TRACED_SHARE / 1e6) }]
      : [],
};
