import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

export interface Execution {
  input: string;
  status: 'RUNNING' | 'ABORTED' | 'FAILED' | 'SUCCEEDED';
}

export interface InvocationJob {
  readonly jobArn: string;
  readonly jobName: string;
  status: string;
}

/** What a service was asked for, in the order it came: `StartExecution batch_1-0`. */
export type Calls = string[];

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:plinth-dev-batch';

/**
 * Control planes of AWS in this process, as far as batches use them, over the real protocols: Step Functions (AWS JSON 1.0), Bedrock and SageMaker's
 * runtime (REST). State is in the open, so that a test sets what has happened. `fail` answers the next calls of an operation with an error.
 */
export class ScriptedAws {
  readonly stateMachineArn = MACHINE;
  readonly executions = new Map<string, Execution>();
  readonly jobs: InvocationJob[] = [];
  /** Requests that were handed to the asynchronous endpoint: where each lies, and where its answer is to be put. */
  readonly handed: { readonly input: string; readonly output: string; readonly failure: string }[] = [];
  readonly calls: Calls = [];
  readonly fail = new Map<string, { readonly status: number; readonly type: string }[]>();
  readonly #server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));

  static async start(): Promise<ScriptedAws> {
    const aws = new ScriptedAws();
    aws.#server.listen(0, '127.0.0.1');
    await once(aws.#server, 'listening');
    return aws;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For a client of the SDK. */
  get client() {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return { endpoint: this.endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const url = new URL(incoming.url ?? '/', 'http://aws');
    const [status, body, headers = {}] = this.#run(incoming, url, text === '' ? {} : (JSON.parse(text) as Json));
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  #run({ method, headers }: IncomingMessage, url: URL, body: Json): Answer {
    const target = headers['x-amz-target'];
    if (typeof target === 'string') return this.#states(target.split('.')[1] ?? '', body);
    if (url.pathname === '/model-invocation-jobs') return this.#list(url);
    const [, arn] = /^\/model-invocation-job\/(.+)\/stop$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (arn !== undefined) return this.#stop(arn);
    const [, endpoint] = /^\/endpoints\/([^/]+)\/async-invocations$/.exec(url.pathname) ?? [];
    if (endpoint !== undefined) return this.#hand(endpoint, headers);
    return failed(404, `UnknownOperation ${method} ${url.pathname}`);
  }

  #scripted(operation: string, about: string): Answer | undefined {
    this.calls.push(`${operation} ${about}`);
    const error = this.fail.get(operation)?.shift();
    return error && failed(error.status, error.type);
  }

  #states(operation: string, { name, executionArn, input, stateMachineArn }: Json): Answer {
    const run = String(name ?? String(executionArn).split(':').at(-1));
    const scripted = this.#scripted(operation, run);
    if (scripted !== undefined) return scripted;
    const known = this.executions.get(run);
    if (operation === 'StartExecution') {
      if (stateMachineArn !== MACHINE) return failed(400, 'StateMachineDoesNotExist');
      // A name is used once; asking again for one that runs with the same input is no error.
      if (known !== undefined && !(known.status === 'RUNNING' && known.input === input))
        return failed(400, 'ExecutionAlreadyExists');
      this.executions.set(run, known ?? { input: String(input), status: 'RUNNING' });
      return [
        200,
        { executionArn: `arn:aws:states:us-east-1:123456789012:execution:plinth-dev-batch:${run}`, startDate: 0 },
      ];
    }
    if (known === undefined) return failed(400, 'ExecutionDoesNotExist');
    if (operation === 'DescribeExecution') return [200, { executionArn, name: run, ...known, startDate: 0 }];
    if (known.status === 'RUNNING') known.status = 'ABORTED';
    return [200, { stopDate: 0 }];
  }

  #list(url: URL): Answer {
    const name = url.searchParams.get('nameContains') ?? '';
    const scripted = this.#scripted('ListModelInvocationJobs', name);
    if (scripted !== undefined) return scripted;
    const found = this.jobs.filter(({ jobName }) => jobName.includes(name));
    // One a page: whoever wants all has to turn pages.
    const at = Number(url.searchParams.get('nextToken') ?? 0);
    const more = at + 1 < found.length ? { nextToken: String(at + 1) } : {};
    return [200, { invocationJobSummaries: found.slice(at, at + 1), ...more }];
  }

  #stop(arn: string): Answer {
    const scripted = this.#scripted('StopModelInvocationJob', arn);
    if (scripted !== undefined) return scripted;
    const job = this.jobs.find(({ jobArn }) => jobArn === arn);
    if (job === undefined) return failed(404, 'ResourceNotFoundException');
    job.status = 'Stopping';
    return [200, {}];
  }

  #hand(endpoint: string, headers: IncomingMessage['headers']): Answer {
    const input = String(headers['x-amzn-sagemaker-inputlocation']);
    const scripted = this.#scripted('InvokeEndpointAsync', endpoint);
    if (scripted !== undefined) return scripted;
    const name = `call-${this.handed.length}`;
    const output = `s3://output/async/answers/${name}.out`;
    const failure = `s3://output/async/failures/${name}-error.out`;
    this.handed.push({ input, output, failure });
    return [
      202,
      { InferenceId: name },
      { 'x-amzn-sagemaker-outputlocation': output, 'x-amzn-sagemaker-failurelocation': failure },
    ];
  }
}

type Answer = readonly [status: number, body: Json, headers?: Record<string, string>];

function failed(status: number, type: string): Answer {
  return [status, { __type: type, message: 'as scripted' }, { 'x-amzn-errortype': type }];
}
