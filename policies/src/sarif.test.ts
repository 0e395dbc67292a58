import { expect, it } from 'vitest';
import { RULES } from './catalogue.ts';
import { evaluate } from './evaluate.ts';
import { toSarif } from './sarif.ts';
import { sample, UNKNOWN } from './testing/samples.ts';

interface Log {
  version: string;
  runs: [
    {
      tool: { driver: { rules: { id: string; properties: { 'security-severity': string } }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: [{ physicalLocation: { artifactLocation: { uri: string } }; logicalLocations: [{ name: string }] }];
        partialFingerprints: Record<string, string>;
      }[];
    },
  ];
}

const log = (environment: 'dev' | 'production', ...props: object[]) =>
  toSarif(RULES, [
    {
      stack: 'public-chat',
      environment,
      file: 'stacks/public-chat/index.ts',
      findings: evaluate(
        RULES.filter(({ id }) => id === 'kms-key-rotation'),
        props.map((each) => sample('aws:kms/key:Key', each, { name: 'data' })),
        { environment },
      ),
    },
  ]) as Log;

it('is a SARIF 2.1.0 log with every rule, ranked as GitHub ranks them', () => {
  const { version, runs } = log('production');
  expect(version).toBe('2.1.0');
  expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  for (const { properties } of runs[0].tool.driver.rules)
    expect(Number(properties['security-severity'])).toBeGreaterThan(0);
});

it('points at the program of the stack, the rule and the resource', () => {
  const [result] = log('production', {}).runs[0].results;
  expect(result).toMatchObject({
    ruleId: 'kms-key-rotation',
    level: 'error',
    message: { text: expect.stringMatching(/^public-chat \(production\): The key is never rotated\. Set enable/) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'stacks/public-chat/index.ts' } },
        logicalLocations: [{ name: 'data' }],
      },
    ],
  });
  expect(RULES[result?.ruleIndex ?? -1]?.id).toBe('kms-key-rotation');
});

it('tells what stops a deployment from advice and from what is not known yet', () => {
  expect(log('dev', {}).runs[0].results[0]?.level).toBe('warning');
  expect(log('production', { enableKeyRotation: UNKNOWN }).runs[0].results[0]?.level).toBe('note');
});

it('gives two findings on one resource two fingerprints, and the same ones each time', () => {
  const fingerprints = () =>
    log('production', {}, {}).runs[0].results.map((result) => result.partialFingerprints['plinth/v1']);
  expect(new Set(fingerprints()).size).toBe(2);
  expect(fingerprints()).toEqual(fingerprints());
});
