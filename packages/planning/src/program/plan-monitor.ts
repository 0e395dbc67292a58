import type { PlannedResource as JudgedResource } from '@plinth/policies';
import { providerTags } from '@plinth/policies';
import type * as requests from '@pulumi/pulumi/proto/resource_pb.js';
import type * as provider from '@pulumi/pulumi/proto/provider_pb.js';
import type { PlannedResource } from '../plan.ts';
import type { StackOutputs } from '../protocol.ts';
import { answerOffline, AWS_LOOKUPS } from './data-sources.ts';
import { expandRemote } from './remote-components.ts';
import * as replies from './replies.ts';
import { importOpaque, importOutput } from './stack-exports.ts';
import { hasStandIn, type StandIns } from './stand-ins.ts';
import { readWire, readWireRecord, UNKNOWN_VALUE } from './wire.ts';

const STACK_TYPE = 'pulumi:pulumi:Stack';
const STACK_REFERENCE = 'pulumi:pulumi:StackReference';

export interface PlanMonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  readonly standIns: StandIns;
  readonly unknowns: 'traced' | 'opaque';
  /** Outputs a resource class declares, learnt as the program constructs it. */
  readonly outputsOf: (type: string, name: string) => readonly string[];
  /** Told of every resource a remote component is expected to create. */
  readonly estimated: (child: Named, component: Named) => void;
  readonly stackOutputs: (name: string) => Promise<StackOutputs>;
  readonly defaultTags: unknown;
}

interface Named {
  readonly type: string;
  readonly name: string;
}

interface Facts extends Named {
  readonly urn: string;
  readonly parent: string;
  readonly inputs: Record<string, unknown>;
  readonly dependsOn: string[];
  readonly estimated?: true;
}

type Reply<T> = (error: Error | null, response: T | undefined) => void;

/**
 * Stands where the engine's resource monitor stands, in the program's own process: takes what the program registers, and answers as a
 * preview does. What only creation can tell is unknown, or a stand-in for it.
 */
export class PlanMonitor {
  readonly shown: PlannedResource[] = [];
  readonly judged: JudgedResource[] = [];
  readonly assumptions = new Set<string>();
  /** Raw outputs of the stack itself. */
  outputs: Record<string, unknown> = {};
  readonly #options: PlanMonitorOptions;
  readonly #providers = new Map<string, Record<string, unknown>>();

  constructor(options: PlanMonitorOptions) {
    this.#options = options;
  }

  registerResource(request: requests.RegisterResourceRequest, reply: Reply<requests.RegisterResourceResponse>): void {
    answering(reply, async () => {
      const type = request.getType();
      const name = request.getName();
      const parent = request.getParent();
      const urn = this.#urnOf(parent, type, name);
      if (this.shown.some((resource) => resource.urn === urn))
        throw new Error(`Two resources are called ${name} (${type}) under one parent: give one of them another name.`);
      const inputs = (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
      const kind =
        type === STACK_TYPE
          ? 'stack'
          : type.startsWith('pulumi:providers:')
            ? 'provider'
            : request.getCustom()
              ? 'resource'
              : 'component';
      if (kind === 'provider') this.#providers.set(urn, inputs);
      this.#remember(kind, { urn, type, name, parent, inputs, dependsOn: request.getDependenciesList() }, request);
      const isReal = kind === 'resource' || kind === 'provider';
      const outputs = isReal
        ? { ...inputs, ...this.#created(type, name, urn, inputs) }
        : { ...inputs, ...this.#expanded({ type, name }, urn, inputs) };
      return replies.registered(urn, isReal ? String(outputs['id'] ?? '') : '', outputs);
    });
  }

  readResource(request: requests.ReadResourceRequest, reply: Reply<requests.ReadResourceResponse>): void {
    answering(reply, async () => {
      const type = request.getType();
      const name = request.getName();
      const parent = request.getParent();
      const urn = this.#urnOf(parent, type, name);
      const inputs = (request.getProperties()?.toJavaScript() ?? {}) as Record<string, unknown>;
      if (type === STACK_REFERENCE) return replies.read(urn, await this.#referredStack(String(inputs['name'] ?? name)));
      this.#remember('read', { urn, type, name, parent, inputs, dependsOn: request.getDependenciesList() });
      return replies.read(urn, { ...inputs, ...this.#created(type, name, urn, inputs), id: request.getId() });
    });
  }

  invoke(request: requests.ResourceInvokeRequest, reply: Reply<provider.InvokeResponse>): void {
    answering(reply, async () => {
      const args = (request.getArgs()?.toJavaScript() ?? {}) as Record<string, unknown>;
      const token = request.getTok();
      if (token.endsWith(':getCallerIdentity')) this.assumptions.add('Account 000000000000 stands for yours.');
      return replies.invoked(this.#answer(token, args));
    });
  }

  call(request: requests.ResourceCallRequest, reply: Reply<provider.CallResponse>): void {
    reply(
      failure(new Error(`The program calls ${request.getTok()} on a remote component, which a plan cannot answer.`)),
      undefined,
    );
  }

  registerResourceOutputs(request: requests.RegisterResourceOutputsRequest, reply: Reply<object>): void {
    if (request.getUrn().includes(`::${STACK_TYPE}::`))
      this.outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Record<string, unknown>;
    reply(null, {});
  }

  supportsFeature(request: requests.SupportsFeatureRequest, reply: Reply<{ getHassupport(): boolean }>): void {
    // Rich output values would hide the plain ones from the wire; transforms would need the engine to call back.
    const unsupported = ['outputValues', 'transforms', 'invokeTransforms'];
    reply(null, { getHassupport: () => !unsupported.includes(request.getId()) });
  }

  registerPackage(_request: unknown, reply: Reply<{ getRef(): string }>): void {
    reply(null, { getRef: () => 'plan' });
  }

  signalAndWaitForShutdown(_request: unknown, reply: Reply<object>): void {
    reply(null, {});
  }

  nameOf(urn: string): string {
    return this.shown.find((resource) => resource.urn === urn)?.name ?? urn;
  }

  close(): void {
    // Nothing is held open; the runtime calls this when the program has ended.
  }

  #remember(kind: PlannedResource['kind'], facts: Facts, request?: requests.RegisterResourceRequest): void {
    const { urn, type, name, inputs, dependsOn, estimated } = facts;
    // The code of a dynamic provider, written out: of no use to a reader, and different each time.
    const { __provider: _, ...properties } = inputs;
    const { judged, shown } = readWireRecord(properties, this.#options.standIns);
    const parent = facts.parent === '' ? null : facts.parent;
    this.shown.push({ urn, type, name, kind, parent, props: shown, dependsOn, ...(estimated && { estimated }) });
    if (kind !== 'resource') return;
    this.judged.push({
      urn,
      type,
      name,
      props: judged,
      dependencies: propertyDependencies(request),
      defaultTags: providerTags(this.#defaultTagsOf(request?.getProvider() ?? '')),
    });
  }

  #defaultTagsOf(providerReference: string): unknown {
    const explicit = this.#providers.get(providerReference.slice(0, providerReference.lastIndexOf('::')));
    if (explicit === undefined) return this.#options.defaultTags;
    return readWire(explicit['defaultTags'], this.#options.standIns).judged;
  }

  /** What a remote component will create, remembered below it; its outputs point there. */
  #expanded(component: Named, urn: string, inputs: Record<string, unknown>): Record<string, unknown> {
    const expansion = expandRemote(component, inputs, {
      urnOf: (type, name) => this.#urnOf(urn, type, name),
      outputOf: (source) => this.#textFor(source),
    });
    if (expansion === undefined) return {};
    this.assumptions.add(
      `What ${component.type} creates is estimated from its inputs: its plugin decides when it runs.`,
    );
    for (const child of expansion.children) {
      this.#options.estimated(child, component);
      this.#remember('resource', { ...child, parent: urn, estimated: true });
    }
    return expansion.outputs;
  }

  #answer(token: string, args: Record<string, unknown>): Record<string, unknown> {
    const lookup = AWS_LOOKUPS[token];
    if (lookup === undefined) return answerOffline(token, args, this.#options.region);
    const name = lookup.called(args);
    this.assumptions.add(`${token.split(':').at(-1)} ${name} is looked up when the stack is deployed.`);
    const read = (property: string) => this.#textFor({ urn: `${token}::${name}`, type: token, property, name });
    return { ...args, ...Object.fromEntries(lookup.outputs.map((property) => [property, read(property)])) };
  }

  #textFor(source: Parameters<StandIns['textFor']>[0]): string {
    const traced = this.#options.unknowns === 'traced' && hasStandIn(source.property);
    return traced ? this.#options.standIns.textFor(source) : UNKNOWN_VALUE;
  }

  /** Outputs only creation can tell: absent (the runtime then takes them as unknown), or stand-ins. */
  #created(type: string, name: string, urn: string, inputs: Record<string, unknown>): Record<string, unknown> {
    if (this.#options.unknowns === 'opaque') return {};
    const outputs = ['id', ...this.#options.outputsOf(type, name)].filter(
      (output) => hasStandIn(output) && !(output in inputs),
    );
    const created = Object.fromEntries(
      outputs.map((property) => [property, this.#options.standIns.textFor({ urn, type, property, name })]),
    );
    return { ...created, ...this.#named(type, name, urn, inputs), ...this.#keptSecret(type, name, urn, inputs) };
  }

  /** RDS keeps the password of a cluster's master user in a secret that it makes. */
  #keptSecret(type: string, name: string, urn: string, inputs: Record<string, unknown>): Record<string, unknown> {
    if (type !== 'aws:rds/cluster:Cluster' || inputs['manageMasterUserPassword'] !== true) return {};
    return { masterUserSecrets: [{ secretArn: this.#textFor({ urn, type, property: 'masterUserSecretArn', name }) }] };
  }

  /** Pulumi names a Kubernetes object that the program does not name, within its metadata. */
  #named(type: string, name: string, urn: string, inputs: Record<string, unknown>): Record<string, unknown> {
    const { metadata = {} } = inputs;
    if (!type.startsWith('kubernetes:')) return {};
    if (typeof metadata !== 'object' || metadata === null || 'name' in metadata) return {};
    return { metadata: { ...metadata, name: this.#textFor({ urn, type, property: 'name', name }) } };
  }

  async #referredStack(name: string): Promise<Record<string, unknown>> {
    const { outputs, reason } = await this.#options.stackOutputs(name);
    if (outputs === undefined) {
      this.assumptions.add(`Outputs of ${name} are not known: ${reason ?? 'its program is not in this workspace'}.`);
      return { name, outputs: UNKNOWN_VALUE, secretOutputNames: [] };
    }
    this.assumptions.add(`Outputs of ${name} are as its own plan has them.`);
    const values = Object.entries(outputs).map(([key, exported]) => {
      if (this.#options.unknowns === 'opaque') return [key, importOpaque(exported)];
      const itself = { urn: name, type: STACK_REFERENCE, property: key, name };
      return [key, importOutput(exported, itself, this.#options.standIns)];
    });
    return { name, outputs: Object.fromEntries(values), secretOutputNames: [] };
  }

  #urnOf(parent: string, type: string, name: string): string {
    const parentType = parent.split('::')[2] ?? '';
    const qualified = parentType === '' || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.#options.stack}::${this.#options.project}::${qualified}::${name}`;
  }
}

function propertyDependencies(request: requests.RegisterResourceRequest | undefined): Record<string, string[]> {
  const entries = request?.getPropertydependenciesMap().entries() as
    Iterable<[string, requests.RegisterResourceRequest.PropertyDependencies]> | undefined;
  return Object.fromEntries([...(entries ?? [])].map(([key, dependencies]) => [key, dependencies.getUrnsList()]));
}

function answering<T>(reply: Reply<T>, work: () => Promise<T>): void {
  work().then(
    (response) => reply(null, response),
    (error: unknown) => reply(failure(error), undefined),
  );
}

/** The runtime shows `details`, as gRPC errors carry it. */
function failure(error: unknown): Error & { details: string } {
  const cause = error instanceof Error ? error : new Error(String(error));
  return Object.assign(cause, { details: cause.message });
}
