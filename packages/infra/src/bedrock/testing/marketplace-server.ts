import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint as Bedrock tells of it, and the statuses it will still pass through, one at each look. */
export interface StoredEndpoint {
  name: string;
  model: string;
  config: { sageMaker: { initialInstanceCount: number; instanceType: string; executionRole: string } };
  status: string;
  ahead: string[];
  message?: string;
}

/** A Bedrock API of Marketplace endpoints: paths, methods, bodies and error headers as the SDK's protocol has them (REST JSON). */
export interface MarketplaceServer {
  readonly url: string;
  readonly endpoints: Map<string, StoredEndpoint>;
  /** `METHOD path`, in order. */
  readonly requests: { readonly call: string; readonly body: Record<string, unknown> }[];
  /** Statuses a new endpoint, or a changed one, passes through. @default Creating or Updating, then InService */
  passes: string[];
  /** Said with a failure. */
  message: string;
  /** The next answers are throttled, this many. */
  throttled: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly json: unknown;
}

const ROOT = '/marketplace-model/endpoints';

export async function startMarketplaceServer(): Promise<MarketplaceServer> {
  const endpoints = new Map<string, StoredEndpoint>();
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      const path = request.url ?? '';
      server.requests.push({ call: `${request.method} ${path}`, body });
      const { status, error, json } = answer(request.method ?? '', path, body);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(error !== undefined && { 'x-amzn-ErrorType': error }),
      });
      response.end(JSON.stringify(json));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: MarketplaceServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    endpoints,
    requests: [],
    passes: ['InService'],
    message: 'no capacity',
    throttled: 0,
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };

  function answer(method: string, path: string, body: Record<string, unknown>): Answer {
    if (server.throttled > 0) {
      server.throttled -= 1;
      return failure(429, 'ThrottlingException', 'Rate exceeded');
    }
    if (method === 'POST' && path === ROOT) return create(body);
    const arn = decodeURIComponent(path.slice(ROOT.length + 1));
    const found = endpoints.get(arn);
    if (found === undefined) return failure(404, 'ResourceNotFoundException', `No endpoint ${arn}`);
    if (method === 'GET') {
      found.status = found.ahead.shift() ?? found.status;
      if (found.status === 'Gone') {
        endpoints.delete(arn);
        return failure(404, 'ResourceNotFoundException', `No endpoint ${arn}`);
      }
      return success(arn, found);
    }
    if (method === 'PATCH') {
      if (found.status !== 'InService') return failure(400, 'ConflictException', `It is ${found.status}`);
      Object.assign(found, { config: body['endpointConfig'], status: 'Updating', ahead: [...server.passes] });
      return success(arn, found);
    }
    if (method === 'DELETE') {
      if (/ing$/.test(found.status)) return failure(400, 'ConflictException', `It is ${found.status}`);
      Object.assign(found, { status: 'Deleting', ahead: ['Deleting', 'Gone'] });
      return { status: 200, json: {} };
    }
    return failure(404, 'UnknownOperationException', path);
  }

  function create(body: Record<string, unknown>) {
    const name = String(body['endpointName']);
    const arn = `arn:aws:sagemaker:us-east-1:123456789012:endpoint/${name}`;
    if (endpoints.has(arn)) return failure(409, 'ConflictException', `${name} exists`);
    const made: StoredEndpoint = {
      name,
      model: String(body['modelSourceIdentifier']),
      config: body['endpointConfig'] as StoredEndpoint['config'],
      status: 'Creating',
      ahead: [...server.passes],
    };
    endpoints.set(arn, made);
    return success(arn, made);
  }

  const failure = (status: number, error: string, message: string) => ({ status, error, json: { message } });

  const success = (arn: string, { model, config, status }: StoredEndpoint) => ({
    status: 200,
    json: {
      marketplaceModelEndpoint: {
        endpointArn: arn,
        modelSourceIdentifier: model,
        status: 'REGISTERED',
        createdAt: '2026-01-01T00:00:00Z',
        updatedAt: '2026-01-01T00:00:00Z',
        endpointConfig: config,
        endpointStatus: status,
        ...(status === 'Failed' && { endpointStatusMessage: server.message }),
      },
    },
  });

  return server;
}
