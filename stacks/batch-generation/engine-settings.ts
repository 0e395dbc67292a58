import * as z from 'zod';

const concurrentJobs = (most: number) => z.int().min(1).max(most);
const machine = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'is no SageMaker instance type: they begin with ml., as in ml.g6.xlarge');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no digest: sha256: and 64 hex digits');

/** Whose repository an image lies in; always by digest. */
const Image = z.discriminatedUnion('kind', [
  /** One of the foundation's, by its name there. */
  z.strictObject({ kind: z.literal('foundation'), repository: z.string().min(1), digest }),
  /** Another one of ours: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
  z.strictObject({ kind: z.literal('own'), repository: z.string().regex(/^[^\s@:]+\/[^\s@:]+$/), digest }),
]);

/** Bedrock's batch inference: half the price of a call, no machines, no promise of when. */
const Bedrock = z.strictObject({
  /** Jobs at once: Bedrock's quota is 20 a model and account unless raised. */
  concurrentJobs: concurrentJobs(20),
  /** Hours until Bedrock gives a job up, 24 to 72. */
  timeoutHours: z.int().min(24).max(72).default(24),
});

/** SageMaker starts machines for each shard, works through it and stops them. */
const Transform = z.strictObject({
  instanceType: machine,
  instanceCount: z.int().min(1).max(20).default(1),
  concurrentJobs: concurrentJobs(50),
  /** Hours one shard may take. */
  timeoutHours: z.int().min(1).max(72).default(6),
});

/** An endpoint with a queue, at no machines when idle: for requests that are long and single. */
const Async = z.strictObject({
  instanceType: machine,
  maxInstances: z.int().min(1).max(100),
  concurrentShards: concurrentJobs(50),
  /** Requests waiting that raise an alarm. */
  alarmBacklog: z.int().min(1).default(1_000),
});

/** vLLM on AWS Batch, on Spot machines that are there while there is work. */
const Spot = z
  .strictObject({
    image: Image,
    /** Types Batch may choose from. The more, the rarer Spot runs dry. */
    instanceTypes: z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'is no EC2 instance type')).min(1),
    /** The most vCPUs at once: the cap on the bill. */
    maxVcpus: z.int().min(1).max(10_000),
    /** What one job takes of a machine. */
    job: z.strictObject({
      vcpus: z.int().min(1),
      memoryMb: z.int().min(1_024),
      gpus: z.int().min(1).max(8).default(1),
      /** Minutes one try may take. */
      timeoutMinutes: z.int().min(10).max(2_880),
    }),
    concurrentJobs: concurrentJobs(1_000),
    /** Shards a job works through for each time it loads the model. */
    shardsPerJob: z.int().min(1).max(50).default(4),
    /** Interruptions in an hour that raise an alarm. */
    alarmInterruptionsPerHour: z.int().min(1).default(10),
  })
  .refine(({ job, concurrentJobs, maxVcpus }) => job.vcpus * concurrentJobs <= maxVcpus, {
    path: ['concurrentJobs'],
    message:
      'jobs at once, times job.vcpus, is more than maxVcpus: the rest would only wait. Lower it, or raise maxVcpus',
  });

/** The engines that are on. Each is left out where it is not wanted. */
export const EngineSettings = z.strictObject({
  bedrock: Bedrock.optional(),
  transform: Transform.optional(),
  async: Async.optional(),
  spot: Spot.optional(),
});
export type EngineSettings = z.infer<typeof EngineSettings>;
export type EngineName = keyof EngineSettings;

/** Engines that run weights of our own, on machines in a network of ours. */
export const HOSTING_ENGINES = ['transform', 'async', 'spot'] as const satisfies readonly EngineName[];
