// Stands in for the AWS SDK's endpoint discovery in Lambda bundles: of what we call only DynamoDB's client knows it, as settings that none
// of its commands reads any more, and they bring a cache with them.
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: false,
};
export const resolveEndpointDiscoveryConfig = (config) => config;
