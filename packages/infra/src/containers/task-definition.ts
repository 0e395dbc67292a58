import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Capacity } from './capacity.ts';
import { HEALTH_PORT, MODELS_PATH, SCRATCH_PATH, SERVING_PORT, SERVING_USER } from './engine.ts';

export const CONTAINER_NAME = 'engine';

export interface TaskSettings {
  readonly region: string;
  readonly capacity: Capacity;
  readonly image: pulumi.Input<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** ARNs of secrets by the variable they are read from. The values never stand in the task definition. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
  readonly logGroupName: pulumi.Input<string>;
  readonly executionRoleArn: pulumi.Input<string>;
  readonly taskRoleArn: pulumi.Input<string>;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopTimeoutSeconds: number;
}

/** One container that is nobody, can write to two volumes, and can do nothing the kernel asks a capability for. */
export function inferenceTask(
  name: string,
  settings: TaskSettings,
  opts: pulumi.CustomResourceOptions,
): aws.ecs.TaskDefinition {
  const { capacity } = settings;
  return new aws.ecs.TaskDefinition(
    name,
    {
      family: name,
      networkMode: 'awsvpc',
      executionRoleArn: settings.executionRoleArn,
      taskRoleArn: settings.taskRoleArn,
      containerDefinitions: pulumi.jsonStringify([container(settings)]),
      ...(capacity.kind === 'fargate'
        ? {
            requiresCompatibilities: ['FARGATE'],
            cpu: String(capacity.cpu),
            memory: String(capacity.memoryMb),
            runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: capacity.architecture ?? 'X86_64' },
            ephemeralStorage: { sizeInGib: capacity.ephemeralGb ?? 50 },
            volumes: [{ name: 'models' }, { name: 'scratch' }],
          }
        : {
            requiresCompatibilities: ['EC2'],
            volumes: [
              // One volume an instance: the next container finds the weights there, and checks them.
              { name: 'models', dockerVolumeConfiguration: { scope: 'shared', autoprovision: true, driver: 'local' } },
              { name: 'scratch', dockerVolumeConfiguration: { scope: 'task', driver: 'local' } },
            ],
          }),
    },
    opts,
  );
}

function container(settings: TaskSettings) {
  const { capacity, environment, secrets } = settings;
  const gpu = capacity.kind === 'ec2-gpu';
  return {
    name: CONTAINER_NAME,
    image: settings.image,
    essential: true,
    user: `${SERVING_USER}:${SERVING_USER}`,
    privileged: false,
    readonlyRootFilesystem: true,
    memory: capacity.memoryMb,
    ...(gpu && {
      resourceRequirements: [{ type: 'GPU', value: String(capacity.gpus ?? 1) }],
      dockerSecurityOptions: ['no-new-privileges'],
    }),
    linuxParameters: {
      initProcessEnabled: true,
      capabilities: { drop: ['ALL'] },
      ...(gpu && { sharedMemorySize: capacity.sharedMemoryMb ?? 4096 }),
    },
    portMappings: [SERVING_PORT, HEALTH_PORT].map((containerPort) => ({ containerPort, protocol: 'tcp' })),
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    mountPoints: [
      { sourceVolume: 'models', containerPath: MODELS_PATH, readOnly: false },
      { sourceVolume: 'scratch', containerPath: SCRATCH_PATH, readOnly: false },
    ],
    // Alive while weights load, so that a large model is not killed on its way; ready is the load balancer's question.
    healthCheck: {
      command: ['CMD', 'python3', '/opt/plinth/health.py', 'live'],
      interval: 15,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
    stopTimeout: settings.stopTimeoutSeconds,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': settings.logGroupName,
        'awslogs-region': settings.region,
        'awslogs-stream-prefix': CONTAINER_NAME,
        // A slow log must never hold up answers.
        mode: 'non-blocking',
        'max-buffer-size': '4m',
      },
    },
  };
}
