import { RULES } from '@plinth/policies';
import { describe, expect, it } from 'vitest';
import { findingsOf, type Program } from './program.ts';
import { programs as apigateway } from './programs/apigateway.ts';
import { programs as bedrock } from './programs/bedrock.ts';
import { programs as compute } from './programs/compute.ts';
import { programs as containers } from './programs/containers.ts';
import { programs as data } from './programs/data.ts';
import { programs as ec2 } from './programs/ec2.ts';
import { programs as governance } from './programs/governance.ts';
import { programs as iam } from './programs/iam.ts';
import { programs as lambda } from './programs/lambda.ts';
import { programs as sagemaker } from './programs/sagemaker.ts';

const PROGRAMS: readonly Program[] = [
  ...apigateway,
  ...bedrock,
  ...compute,
  ...containers,
  ...data,
  ...ec2,
  ...governance,
  ...iam,
  ...lambda,
  ...sagemaker,
];

describe.each(PROGRAMS)('$name', (program) => {
  it('is caught', async () => {
    const violated = (await findingsOf(program, false)).filter(({ kind }) => kind === 'violation');
    expect(violated.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...program.catches]));
  });

  it('passes when it is written right', async () => {
    const findings = await findingsOf(program, true);
    expect(
      findings.filter(({ rule }) => program.catches.includes(rule)).map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([]);
  });
});

it('every rule is proven by a program', () => {
  const proven = new Set(PROGRAMS.flatMap(({ catches }) => catches));
  expect(RULES.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([]);
  expect([...proven].filter((id) => !RULES.some((rule) => rule.id === id))).toEqual([]);
});
