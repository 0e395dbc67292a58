import { createRequire } from 'node:module';
import type * as providerMessages from '@pulumi/pulumi/proto/provider_pb.js';
import type * as resourceMessages from '@pulumi/pulumi/proto/resource_pb.js';
import type { Struct as StructMessage } from 'google-protobuf/google/protobuf/struct_pb.js';

// The messages are CommonJS and set their classes on a dynamic object, which an ES import cannot name. They must also be
// the very copy the runtime uses.
const fromPulumi = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi/package.json'));
const { RegisterResourceResponse, ReadResourceResponse } = fromPulumi(
  './proto/resource_pb.js',
) as typeof resourceMessages;
const { InvokeResponse } = fromPulumi('./proto/provider_pb.js') as typeof providerMessages;
const { Struct } = fromPulumi('google-protobuf/google/protobuf/struct_pb.js') as {
  Struct: { fromJavaScript(value: object): StructMessage };
};

export function registered(urn: string, id: string, outputs: object): resourceMessages.RegisterResourceResponse {
  const response = new RegisterResourceResponse();
  response.setUrn(urn);
  response.setId(id);
  response.setObject(Struct.fromJavaScript(outputs));
  return response;
}

export function read(urn: string, outputs: object): resourceMessages.ReadResourceResponse {
  const response = new ReadResourceResponse();
  response.setUrn(urn);
  response.setProperties(Struct.fromJavaScript(outputs));
  return response;
}

export function invoked(result: object): providerMessages.InvokeResponse {
  const response = new InvokeResponse();
  response.setReturn(Struct.fromJavaScript(withoutAbsent(result)));
  return response;
}

/** Protocol structures have no place for `undefined`. */
function withoutAbsent(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
