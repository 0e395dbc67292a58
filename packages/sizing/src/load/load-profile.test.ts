import { expect, it } from 'vitest';
import { LoadProfile } from './load-profile.ts';

it('needs the requests only; the rest is nothing, or said to be a default', () => {
  expect(LoadProfile.parse({ requestsPerMonth: 1000 })).toEqual({
    requestsPerMonth: 1000,
    promptTokens: 0,
    completionTokens: 0,
    cachedPromptShare: 0,
    secondsPerRequest: 1,
    activeUsers: 0,
    storedGb: 0,
    batchInstanceHours: 0,
    workflowRunsPerMonth: 0,
    transitionsPerRun: 20,
  });
});

it('takes numbers written as text, as Pulumi hands them over', () => {
  expect(LoadProfile.parse({ requestsPerMonth: '3000' }).requestsPerMonth).toBe(3000);
});

it.each([
  {},
  { requestsPerMonth: -1 },
  { requestsPerMonth: 1, cachedPromptShare: 2 },
  { requestsPerMonth: 1, requestPerDay: 1 },
])('refuses %j', (load) => {
  expect(LoadProfile.safeParse(load).success).toBe(false);
});
