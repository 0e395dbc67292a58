/** AWS services that publish to an alert topic by themselves, and so must be let at its key too: alarms, budgets, cost anomalies. */
export const ALERTING_SERVICES = [
  'cloudwatch.amazonaws.com',
  'budgets.amazonaws.com',
  'costalerts.amazonaws.com',
] as const;
