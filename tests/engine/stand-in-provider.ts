import { isDeepStrictEqual } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import providerRpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { REMOTE_COMPONENTS } from '@plinth/infra/remote';
import { ANSWERS, outputsOf, REPLACING, type Properties } from '@plinth/infra/testing';
import { constructRemote } from './construct-remote.ts';
import { UNKNOWN } from './unknown.ts';

/** What it stands in for: providers of resources, dynamic ones among them, and the plugins of components built on them. */
const RESOURCES = ['aws', 'kubernetes', 'pulumi-nodejs'];
const COMPONENTS = ['awsx', 'eks'];

export interface Change {
  readonly kind: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly name: string;
  /** Empty for a deletion. */
  readonly inputs: Properties;
}

export interface StandIn {
  /** Value of PULUMI_DEBUG_PROVIDERS that makes an engine attach. */
  readonly attach: string;
  /** What was really done, oldest first; previews leave no trace. */
  readonly changes: readonly Change[];
  close(): Promise<void>;
}

/** Resource providers that create nothing: they answer the engine as the clouds' own would, from invented values. */
export async function startStandIn(): Promise<StandIn> {
  const changes: Change[] = [];
  const configured = new provider.ConfigureResponse().setSupportspreview(true);
  const resources = await serve(service(changes, configured));
  // The engine constructs nothing with a plugin that could lose a secret on the way.
  const components = await serve(service(changes, configured.clone().setAcceptsecrets(true)));
  return {
    attach: [
      ...RESOURCES.map((name) => `${name}:${resources.port}`),
      ...COMPONENTS.map((name) => `${name}:${components.port}`),
    ].join(','),
    changes,
    close: async () => {
      await Promise.all([resources.close(), components.close()]);
    },
  };
}

async function serve(implementation: grpc.UntypedServiceImplementation) {
  const server = new grpc.Server();
  server.addService(providerRpc.ResourceProviderService, implementation);
  const port = await new Promise<number>((done, failed) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? failed(error) : done(bound),
    ),
  );
  return { port, close: () => new Promise<void>((done) => server.tryShutdown(() => done())) };
}

function service(changes: Change[], configured: provider.ConfigureResponse): grpc.UntypedServiceImplementation {
  let created = 0;
  return {
    ...unimplemented('handshake', 'parameterize', 'getSchema', 'getMapping', 'getMappings', 'call', 'read'),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => new empty.Empty()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion('7.48.0')),
    checkConfig: unary(accept),
    diffConfig: unary(() => new provider.DiffResponse()),
    configure: unary(() => configured),
    check: unary(accept),
    construct,
    invoke: unary((request: provider.InvokeRequest) => {
      const answer = ANSWERS[request.getTok()];
      if (answer === undefined) throw new Error(`The stand-in knows no answer to ${request.getTok()}.`);
      return new provider.InvokeResponse().setReturn(struct.Struct.fromJavaScript({ ...answer }));
    }),
    diff: unary((request: provider.DiffRequest) => {
      const before = plain(request.getOldInputs());
      const after = plain(request.getNews());
      const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (key) => !isDeepStrictEqual(before[key], after[key]),
      );
      const replacing = REPLACING[resourceOf(request.getUrn()).type] ?? [];
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList(changed)
        .setReplacesList(changed.filter((key) => replacing.includes(key)));
    }),
    create: unary((request: provider.CreateRequest) => {
      const { type, name } = resourceOf(request.getUrn());
      const inputs = plain(request.getProperties());
      const preview = request.getPreview();
      const id = `${name}-${++created}`;
      const outputs = outputsOf(type, { id, name, inputs });
      if (!preview) changes.push({ kind: 'create', type, name, inputs });
      return new provider.CreateResponse()
        .setId(preview ? '' : id)
        .setProperties(struct.Struct.fromJavaScript(preview ? withUnknowns(outputs, inputs) : { ...outputs }));
    }),
    update: unary((request: provider.UpdateRequest) => {
      const { type, name } = resourceOf(request.getUrn());
      const inputs = plain(request.getNews());
      if (!request.getPreview()) changes.push({ kind: 'update', type, name, inputs });
      const outputs = { ...plain(request.getOlds()), ...outputsOf(type, { id: request.getId(), name, inputs }) };
      return new provider.UpdateResponse().setProperties(struct.Struct.fromJavaScript(outputs));
    }),
    delete: unary((request: provider.DeleteRequest) => {
      changes.push({ kind: 'delete', ...resourceOf(request.getUrn()), inputs: {} });
      return new empty.Empty();
    }),
  };
}

const construct: grpc.handleUnaryCall<provider.ConstructRequest, provider.ConstructResponse> = (call, callback) => {
  const remote = REMOTE_COMPONENTS.get(call.request.getType());
  if (remote === undefined)
    return callback(failure(new Error(`The stand-in has no estimate of ${call.request.getType()}.`)));
  constructRemote(remote, call.request).then(
    (response) => callback(null, response),
    (error: unknown) => callback(failure(error)),
  );
};

/** A method of the service, as a plain function; what it throws reaches the engine as an error. */
function unary<Request, Response>(answer: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      callback(failure(error));
    }
  };
}

function failure(error: unknown): { code: grpc.status; details: string } {
  return { code: grpc.status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}

function unimplemented(...methods: string[]): grpc.UntypedServiceImplementation {
  const refuse: grpc.handleUnaryCall<unknown, unknown> = (_call, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: 'not part of the stand-in' });
  return Object.fromEntries(methods.map((method) => [method, refuse]));
}

function accept(request: provider.CheckRequest): provider.CheckResponse {
  return new provider.CheckResponse().setInputs(request.getNews());
}

/** At preview, what only creation can tell is not known yet. */
function withUnknowns(outputs: Properties, inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, key in inputs || key === 'tagsAll' ? value : UNKNOWN]),
  );
}

function plain(properties: struct.Struct | undefined): Properties {
  return properties?.toJavaScript() ?? {};
}

/** Type and name out of `urn:pulumi:<stack>::<project>::<parents>$<type>::<name>`. */
function resourceOf(urn: string): { type: string; name: string } {
  const [, , types = '', name = ''] = urn.split('::');
  return { type: types.split('$').at(-1) ?? '', name };
}
