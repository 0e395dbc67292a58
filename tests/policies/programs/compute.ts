import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

export const programs = [
  program('Batch on demand', ['batch-spot-with-cap'], (sound) => {
    new aws.batch.ComputeEnvironment('shards', {
      type: 'MANAGED',
      computeResources: { type: sound ? 'SPOT' : 'EC2', maxVcpus: 64, subnets: ['subnet-1'], instanceTypes: ['c7i'] },
    });
  }),
  program('every P5 there is, by its family', ['accelerator-allow-list'], (sound) => {
    const instanceTypes = sound ? ['c7i', 'g6.xlarge'] : ['c7i', 'p5'];
    new aws.batch.ComputeEnvironment('shards', {
      type: 'MANAGED',
      computeResources: { type: 'SPOT', maxVcpus: 64, subnets: ['subnet-1'], instanceTypes },
    });
  }),
  program('a job that hangs for ever', ['batch-job-retries-and-timeout'], (sound) => {
    new aws.batch.JobDefinition('shard', {
      type: 'container',
      retryStrategy: { attempts: 3 },
      ...(sound && { timeout: { attemptDurationSeconds: 3_600 } }),
    });
  }),
  program('a service that grows without end', ['autoscaling-capacity-cap'], (sound) => {
    new aws.appautoscaling.Target('vllm', {
      serviceNamespace: 'ecs',
      resourceId: 'service/models/vllm',
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: 2,
      maxCapacity: sound ? 10 : 10_000,
    });
  }),
];
