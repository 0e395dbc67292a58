import fc from 'fast-check';
import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { bill, output, planned } from '../testing/priced.ts';
import { estimateCost } from './estimate-cost.ts';
import { ESTIMATORS } from './estimators/index.ts';
import { isFree } from './free-types.ts';

/** One resource of every type that is priced, with the properties that make most of it. */
const EVERYTHING = [...ESTIMATORS.keys()].map((type) =>
  planned(type, 'x', {
    memorySize: 1024,
    billingMode: 'PAY_PER_REQUEST',
    pointInTimeRecovery: { enabled: true },
    retentionInDays: 30,
    xrayTracingEnabled: true,
    advancedEventSelectors: [{}],
    contentPolicyConfig: { filtersConfigs: [{}] },
    vpcEndpointType: 'Interface',
    modelSource: { copyFrom: 'x/us.amazon.nova-lite-v1:0' },
    instanceClass: 'db.serverless',
    clusterIdentifier: output('cluster:x.id'),
    serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 },
    instanceType: 'g6.xlarge',
    launchType: 'FARGATE',
    minSize: 1,
    maxSize: 10,
    productionVariants: [{ instanceType: 'ml.g5.xlarge', initialInstanceCount: 1 }],
    computeResources: { instanceTypes: ['g6.xlarge'], maxVcpus: 64 },
  }),
);

const share = fc.double({ min: 0, max: 1, noNaN: true });
const number = fc.double({ min: 0, max: 1e6, noNaN: true });
const profile = fc.record({
  requestsPerMonth: fc.double({ min: 0, max: 1e9, noNaN: true }),
  promptTokens: number,
  completionTokens: number,
  secondsPerRequest: fc.double({ min: 0, max: 900, noNaN: true }),
  activeUsers: number,
  storedGb: number,
  batchInstanceHours: number,
  workflowRunsPerMonth: number,
  transitionsPerRun: number,
  averageInstances: fc.double({ min: 0, max: 20, noNaN: true }),
  databaseAcus: fc.double({ min: 0, max: 20, noNaN: true }),
});
type Profile = typeof profile extends fc.Arbitrary<infer T> ? T : never;

describe('the cost at a load', () => {
  it('never falls when any part of the load grows', () => {
    fc.assert(
      fc.property(profile, fc.double({ min: 1, max: 10, noNaN: true }), fc.nat(), (load, factor, pick) => {
        const names = Object.keys(load) as (keyof Profile)[];
        const grown = names[pick % names.length] ?? 'requestsPerMonth';
        const before = bill(EVERYTHING, { load });
        const after = bill(EVERYTHING, { load: { ...load, [grown]: load[grown] * factor } });
        // Each line is rounded to a hundredth of a cent.
        for (const [index, line] of before.lines.entries())
          expect(after.lines[index]?.monthlyUsd.load ?? Infinity).toBeGreaterThanOrEqual(
            (line.monthlyUsd.load ?? 0) - 1e-4,
          );
      }),
      { numRuns: 60 },
    );
  });

  it('is never less than idle', () => {
    fc.assert(
      fc.property(profile, share, (load, cachedPromptShare) => {
        const { totalUsd } = bill(EVERYTHING, { load: { ...load, cachedPromptShare } });
        expect(totalUsd.load).toBeGreaterThanOrEqual(totalUsd.idle - 1e-4);
      }),
    );
  });
});

describe('a bill', () => {
  it('has a quantity, a unit price and a source on every line, and a date where the price is known', () => {
    for (const line of bill(EVERYTHING, { load: { requestsPerMonth: 1000 } }).lines) {
      expect(line.source).not.toBe('');
      expect(line.unit).not.toBe('');
      if (line.unitPriceUsd === null) expect(line.note).toBeTruthy();
      else expect(line.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it('counts what nobody priced instead of leaving it out in silence', () => {
    const { unpriced } = bill([
      planned('aws:quantum/computer:Computer', 'a'),
      planned('aws:quantum/computer:Computer', 'b'),
      planned('aws:iam/role:Role', 'free'),
    ]);
    expect(unpriced).toEqual([{ type: 'aws:quantum/computer:Computer', count: 2 }]);
  });

  it('takes nothing for free that has an estimator', () => {
    const both = [...ESTIMATORS.keys()].filter((type) => isFree(type) && !type.startsWith('kubernetes:'));
    expect(both).toEqual([]);
  });

  it('knows what is free of what comes through Cloud Control', () => {
    const resource = (typeName: string) => planned('aws:cloudcontrol/resource:Resource', typeName, { typeName });
    expect(bill([resource('AWS::SageMaker::InferenceComponent')]).unpriced).toEqual([]);
    expect(bill([resource('AWS::Quantum::Computer')]).unpriced).toHaveLength(1);
  });

  it('says so where no load is set', () => {
    const { load, totalUsd, assumptions } = bill([planned('aws:kms/key:Key', 'data')]);
    expect(load).toBeNull();
    expect(totalUsd).toEqual({ idle: 1, load: 1, worst: 1 });
    expect(assumptions.join('\n')).toMatch(/test:load is not set/);
  });

  it('says that another Region is priced as us-east-1', () => {
    const plan = { project: 'test', stack: 'dev', region: 'eu-west-1', resources: [] };
    expect(estimateCost(plan, {}).assumptions.join('\n')).toMatch(
      /Priced as us-east-1: eu-west-1 has prices of its own/,
    );
  });

  it('refuses a load it cannot read, and names the setting', () => {
    expect(() => bill([], { load: { requestsPerMonth: -1, typo: 1 } })).toThrow(PlatformError);
    expect(() => bill([], { load: { requestsPerMonth: -1 } })).toThrow(/test:load\.requestsPerMonth/);
  });
});
