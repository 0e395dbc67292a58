import * as grpc from '@grpc/grpc-js';
import monitorRpc from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import monitor from '@pulumi/pulumi/proto/resource_pb.js';
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { resolveEstimate, type FromChild, type RemoteComponent } from '@plinth/infra/remote';
import { UNKNOWN } from './unknown.ts';

type Values = { [key: string]: struct.JavaScriptValue };
interface Registered {
  readonly urn: string;
  readonly outputs: Values;
}

/**
 * Does what the plugin of a remote component does: registers the component and its children with the engine, and answers with its
 * outputs. Which children those are is what `RemoteComponent` estimates.
 */
export async function constructRemote(
  remote: RemoteComponent,
  request: provider.ConstructRequest,
): Promise<provider.ConstructResponse> {
  const client = new monitorRpc.ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const name = request.getName();
    const inputs = revealed(request.getInputs()?.toJavaScript() ?? {}) as Values;
    const component = await register(client, {
      type: remote.type,
      name,
      parent: request.getParent(),
      inputs: {},
      custom: false,
    });
    const { children, outputs } = remote.expand(name, inputs);
    const created = new Map<string, Values>();
    const read = ({ childType, child, property }: FromChild) => {
      const known = created.get(`${childType} ${child}`);
      if (known === undefined)
        throw new Error(`The estimate of ${remote.type} points to ${childType} ${child}, which it lacks.`);
      return known[property] ?? UNKNOWN;
    };
    for (const child of children) {
      const childInputs = resolveEstimate(child.inputs, read) as Values;
      const { outputs: childOutputs } = await register(client, {
        type: child.type,
        name: child.name,
        parent: component.urn,
        inputs: childInputs,
        custom: true,
      });
      created.set(`${child.type} ${child.name}`, childOutputs);
    }
    return new provider.ConstructResponse()
      .setUrn(component.urn)
      .setState(struct.Struct.fromJavaScript(resolveEstimate(outputs, read) as Values));
  } finally {
    client.close();
  }
}

/** How the engine marks a secret, and an output with what it depends on. Source: sdk/nodejs/runtime/rpc.ts of pulumi/pulumi. */
const MARK = '4dabf18193072939515e22adb298388d';

/** Inputs without the engine's marks around values. */
function revealed(value: struct.JavaScriptValue): struct.JavaScriptValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(revealed);
  if (Object.hasOwn(value, MARK)) return revealed(Reflect.get(value, 'value') ?? UNKNOWN);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revealed(each)]));
}

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly inputs: Values;
  readonly custom: boolean;
}

function register(client: monitorRpc.ResourceMonitorClient, resource: Resource): Promise<Registered> {
  const request = new monitor.RegisterResourceRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setParent(resource.parent)
    .setCustom(resource.custom)
    .setObject(struct.Struct.fromJavaScript(resource.inputs));
  return new Promise((resolve, reject) =>
    client.registerResource(request, (error, response) => {
      if (error !== null) return reject(error);
      const id = response.getId();
      resolve({
        urn: response.getUrn(),
        outputs: { ...response.getObject()?.toJavaScript(), id: id === '' ? UNKNOWN : id },
      });
    }),
  );
}
