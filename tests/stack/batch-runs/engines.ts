import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { completion, type Fate } from '@plinth/batch/testing/aws';
import type { Json } from './interpreter.ts';
import type { BatchPlatform } from './platform.ts';

const WORKER = join(import.meta.dirname, '../../../services/batch/dist/worker/index.mjs');

/** What each engine makes of the records it is asked; a job of the name that is given fails. */
export interface Fates {
  readonly record?: Fate;
  readonly failing?: RegExp;
  /** Resolves when jobs may end. */
  readonly release?: Promise<void>;
}

/** Plays the services that the workflow calls without us, by what their documentation says they read and write. */
export function engineTasks(platform: BatchPlatform, fates: Fates) {
  const { record = (_, said) => `echo ${said}` } = fates;
  const answer = async (input: string, output: string, line: (asked: Json, what: string) => object) => {
    const asked = await platform.lines('input', keyOf(input));
    const answers = asked.map((each, index) =>
      line(each, String(record(index, promptOf(each['modelInput'] ?? each['body'])))),
    );
    const name = keyOf(input).split('/').at(-1)!;
    await platform.put('output', `${keyOf(output)}${name}.out`, answers.reverse());
  };
  return {
    async 'aws-sdk:bedrock:createModelInvocationJob'(parameters: Json) {
      const { JobName, ModelInvocationType } = parameters as { JobName: string; ModelInvocationType: string };
      // As its API has it.
      if (!/^[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9+\-.]){0,63}$/.test(JobName) || JobName.length > 63)
        throw Object.assign(new Error(JobName), { name: 'Bedrock.ValidationException' });
      const jobArn = `arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/${platform.aws.jobs.length}`;
      platform.aws.jobs.push({ jobArn, jobName: JobName, status: 'InProgress' });
      if (fates.failing?.test(JobName)) platform.aws.jobs.at(-1)!.status = 'Failed';
      else if (ModelInvocationType === 'Converse') {
        const uri = (of: string) => parameters[of] as Record<string, Record<string, string>>;
        const input = uri('InputDataConfig')['S3InputDataConfig']!['S3Uri']!;
        const output = uri('OutputDataConfig')['S3OutputDataConfig']!['S3Uri']!;
        await answer(input, `${output}job/`, ({ recordId, modelInput }, what) => ({
          recordId,
          modelInput,
          modelOutput: {
            output: { message: { role: 'assistant', content: [{ text: what }] } },
            stopReason: 'end_turn',
            usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
          },
        }));
      }
      return { JobArn: jobArn };
    },
    async 'aws-sdk:bedrock:getModelInvocationJob'({ JobIdentifier }: Json) {
      const job = platform.aws.jobs.find(({ jobArn }) => jobArn === JobIdentifier)!;
      if (job.status === 'InProgress') {
        await fates.release;
        if (job.status === 'InProgress') job.status = 'Completed';
      }
      return { JobArn: JobIdentifier, Status: job.status };
    },
    async 'sagemaker:createTransformJob.sync'(parameters: Json) {
      const { TransformInput, TransformOutput } = parameters as Record<string, Record<string, never>>;
      const input = (TransformInput!['DataSource']!['S3DataSource'] as Record<string, string>)['S3Uri']!;
      await answer(input, TransformOutput!['S3OutputPath']!, ({ recordId }, what) => ({
        recordId,
        SageMakerOutput: completion(what),
      }));
      return {};
    },
    'batch:submitJob.sync': (parameters: Json) => runWorker(platform, parameters, record),
  };
}

/** The worker as it is bundled, as a process, beside a model server: with what the workflow and the stack put into its environment. */
async function runWorker(platform: BatchPlatform, parameters: Json, record: Fate): Promise<object> {
  const { Environment } = parameters['ContainerOverrides'] as { Environment: { Name: string; Value: string }[] };
  const server = await modelServer(record);
  const child = spawn(process.execPath, [WORKER], {
    env: {
      ...platform.variables,
      ...Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value])),
      ENGINE: 'vllm',
      MODEL_SOURCE: 's3://weights/qwen',
      MODEL_DIGEST: 'a'.repeat(64),
      SERVED_MODEL_NAME: 'qwen3-8b',
      MAX_MODEL_LEN: '8192',
      SERVING_PORT: String((server.address() as AddressInfo).port),
      AWS_BATCH_JOB_ID: 'job-1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await closed;
  server.close();
  if (code !== 0) throw Object.assign(new Error(`${code} ${said} ${errors}`), { name: 'States.TaskFailed' });
  return {};
}

async function modelServer(record: Fate): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const said = promptOf(JSON.parse(body));
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(completion(String(record(0, said)))));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

function keyOf(uri: string): string {
  return uri.replace(/^s3:\/\/[^/]+\//, '');
}

function promptOf(input: unknown): string {
  const { messages } = input as { messages: { content: string | { text: string }[] }[] };
  const content = messages.at(-1)!.content;
  return typeof content === 'string' ? content : content.map((part) => part.text).join('');
}
