import { expect, it } from 'vitest';
import { bill, monthly, planned } from '../../testing/priced.ts';

/** 2^30 characters: 1 GB of text. */
const load = {
  requestsPerMonth: 2 ** 18,
  promptTokens: 1024,
  transitionsPerRun: 40,
  workflowRunsPerMonth: 1000,
  storedGb: 100,
};

it('a NAT gateway and its address cost their hours, and the traffic', () => {
  expect(
    monthly(bill([planned('aws:ec2/natGateway:NatGateway', 'nat'), planned('aws:ec2/eip:Eip', 'nat')], { load })),
  ).toEqual({
    'NAT gateway': [32.85, 32.85, 32.85],
    'Traffic through it': [0, 0.045, null],
    'Public IPv4 address': [3.65, 3.65, 3.65],
  });
});

it('an interface endpoint costs in each zone, a gateway endpoint nothing', () => {
  const endpoint = (type: string) =>
    planned('aws:ec2/vpcEndpoint:VpcEndpoint', 'kms', { vpcEndpointType: type, subnetIds: ['a', 'b', 'c'] });
  expect(monthly(bill([endpoint('Interface')], { load }))).toEqual({
    'Interface endpoint in 3 zones': [21.9, 21.9, 21.9],
    'Traffic through it': [0, 0.01, null],
  });
  expect(monthly(bill([endpoint('Gateway')], { load }))).toEqual({});
});

it('a load balancer costs its hours, and capacity by what passes through', () => {
  expect(monthly(bill([planned('aws:lb/loadBalancer:LoadBalancer', 'front')], { load }))).toEqual({
    'Load balancer': [16.425, 16.425, 16.425],
    'Capacity units, by traffic': [0, 0.008, null],
  });
  const network = planned('aws:lb/loadBalancer:LoadBalancer', 'front', { loadBalancerType: 'network' });
  expect(monthly(bill([network]))).toEqual({ 'Load balancer': [16.425, 16.425, 16.425] });
});

it('a bucket costs what it keeps and how often it is asked', () => {
  expect(monthly(bill([planned('aws:s3/bucket:Bucket', 'documents')], { load }))).toEqual({
    Storage: [0, 2.3, null],
    // 262.144 thousand at $0.005 and at $0.0004.
    Writes: [0, 1.3107, null],
    Reads: [0, 0.1049, null],
  });
});

it('a vector index costs what it keeps and its queries', () => {
  expect(monthly(bill([planned('aws:s3vectors/index:Index', 'documents')], { load }))).toEqual({
    'Vectors kept': [0, 6, null],
    Queries: [0, 0.6554, null],
  });
});

it('images, volumes and files cost by the GB', () => {
  expect(
    monthly(
      bill(
        [
          planned('aws:ecr/repository:Repository', 'vllm'),
          planned('aws:ebs/volume:Volume', 'cache', { size: 200 }),
          planned('aws:efs/fileSystem:FileSystem', 'models'),
        ],
        { load },
      ),
    ),
  ).toEqual({ 'Images kept, 20 GB': [2, 2, 2], Volume: [16, 16, 16], 'Files kept': [0, 30, null] });
});

it('a queue costs three calls a request, and one for dead letters next to nothing', () => {
  const queue = planned('aws:sqs/queue:Queue', 'jobs');
  expect(monthly(bill([queue], { load }))).toEqual({ 'Queue calls': [0, 0.3146, null] });
  expect(monthly(bill([planned('aws:sqs/queue:Queue', 'jobs-dead')], { load }))).toEqual({ 'Queue calls': [0, 0, 0] });
});

it('a workflow costs its transitions, or its runs when it is an express one', () => {
  // 40,000 transitions at $0.025 a thousand.
  expect(monthly(bill([planned('aws:sfn/stateMachine:StateMachine', 'batch')], { load }))).toEqual({
    'State transitions': [0, 1, null],
  });
  const express = planned('aws:sfn/stateMachine:StateMachine', 'fast', { type: 'EXPRESS' });
  expect(monthly(bill([express], { load }))).toEqual({ 'Express runs': [0, 0.2621, null] });
});

it('topics and schedules cost fractions of a cent', () => {
  expect(
    monthly(bill([planned('aws:sns/topic:Topic', 'alerts'), planned('aws:scheduler/schedule:Schedule', 'nightly')])),
  ).toEqual({
    'Alerts, up to 1,000': [0.0005, 0.0005, 0.0005],
    'Starts, one a minute at most': [0.0438, 0.0438, 0.0438],
  });
});

it('builds cost their minutes, and a pipeline what nobody knows beforehand', () => {
  expect(
    monthly(
      bill([
        planned('aws:codebuild/project:Project', 'image'),
        planned('aws:codepipeline/pipeline:Pipeline', 'models'),
      ]),
    ),
  ).toEqual({ 'Builds, 100 minutes': [0, 0.5, 0.5], Pipeline: [null, null, null] });
});
