import type * as bedrock from '@aws-sdk/client-bedrock';
import type * as pulumi from '@pulumi/pulumi';

/** What a Marketplace endpoint is made of, in the plain values a dynamic provider is given. */
export interface MarketplaceInputs {
  region: string;
  endpointName: string;
  modelSourceArn: string;
  instanceType: string;
  instanceCount: number;
  executionRoleArn: string;
  acceptEula: boolean;
  kmsKeyArn?: string;
  subnetIds?: string[];
  securityGroupIds?: string[];
  tags?: Record<string, string>;
  /** Take over this endpoint rather than make one. It keeps the role it was made with. */
  adoptArn?: string;
  /** Seconds an operation may take, its waiting included. */
  timeoutSeconds: number;
  /** Seconds between two looks at the endpoint. */
  pollSeconds: number;
  /** Another address of the Bedrock API. */
  apiUrl?: string;
}

/** The inputs, and what AWS says of the endpoint. */
export interface MarketplaceState extends MarketplaceInputs {
  endpointArn: string;
  endpointStatus: string;
}

type Found = { readonly [K in keyof bedrock.MarketplaceModelEndpoint]: bedrock.MarketplaceModelEndpoint[K] };

/**
 * Create, wait, read, update, delete of a Bedrock Marketplace endpoint, for which the AWS provider has no resource.
 *
 * Pulumi writes this object out as text and runs it in another process, so it is one object that names nothing outside itself but globals:
 * no imports, no helper functions beside it. Throttling and failures of the network are the SDK's to repeat, six times.
 */
export const marketplaceProvider = {
  /** @throws With `id`, which keeps the endpoint in the state, if it exists but was not ready in time. */
  async create(inputs: MarketplaceInputs): Promise<{ id: string; outs: MarketplaceState }> {
    const { sdk, client, signal } = this.connect(inputs);
    let made: Found | undefined;
    if (inputs.adoptArn !== undefined) {
      made = await this.get(inputs, inputs.adoptArn, signal);
      if (made === undefined) throw new Error(`There is no Marketplace endpoint ${inputs.adoptArn} to take over.`);
      const { modelSourceArn, instanceType } = this.describe(inputs, made);
      if (modelSourceArn !== inputs.modelSourceArn || instanceType !== inputs.instanceType)
        throw new Error(
          `${inputs.adoptArn} runs ${modelSourceArn} on ${instanceType}. Configure exactly that to take it over.`,
        );
    } else {
      const answer = await client.send(
        new sdk.CreateMarketplaceModelEndpointCommand({
          endpointName: inputs.endpointName,
          modelSourceIdentifier: inputs.modelSourceArn,
          acceptEula: inputs.acceptEula,
          endpointConfig: this.config(inputs),
          tags: Object.entries(inputs.tags ?? {}).map(([key, value]) => ({ key, value })),
        }),
        { abortSignal: signal },
      );
      made = answer.marketplaceModelEndpoint;
    }
    const arn = made?.endpointArn;
    if (arn === undefined) throw new Error('Bedrock made an endpoint without saying its ARN.');
    try {
      const settled = await this.settle(inputs, arn, signal);
      // A taken-over endpoint may stand at another size.
      const differs = settled.endpointConfig?.sageMaker?.initialInstanceCount !== inputs.instanceCount;
      const final = inputs.adoptArn !== undefined && differs ? await this.resize(inputs, arn, signal) : settled;
      return { id: arn, outs: { ...inputs, ...this.describe(inputs, final) } };
    } catch (cause) {
      const message = `Marketplace endpoint ${inputs.endpointName}: ${cause instanceof Error ? cause.message : String(cause)}`;
      const state: MarketplaceState = { ...inputs, endpointArn: arn, endpointStatus: 'Unknown' };
      // Pulumi keeps what has an id, so that an endpoint that costs money is never forgotten.
      throw Object.assign(new Error(message, { cause }), { id: arn, properties: state, reasons: [message] });
    }
  },

  /** Refresh and import: what stands in AWS now. An empty id says that it is gone. */
  async read(id: string, state: MarketplaceState): Promise<{ id?: string; props?: MarketplaceState }> {
    const found = await this.get(state, id, this.deadline(state));
    if (found === undefined) return {};
    return { id, props: { ...state, ...this.describe(state, found) } };
  },

  async diff(_id: string, olds: MarketplaceState, news: MarketplaceInputs): Promise<pulumi.dynamic.DiffResult> {
    const fixed = [
      'region',
      'endpointName',
      'modelSourceArn',
      'instanceType',
      'executionRoleArn',
      'kmsKeyArn',
      'subnetIds',
      'securityGroupIds',
      'tags',
    ] as const;
    const replaces = fixed.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    const waited = olds.endpointStatus !== 'InService';
    return {
      changes: replaces.length > 0 || waited || olds.instanceCount !== news.instanceCount,
      replaces: [...replaces],
      // The name is unique in the account, so the old one has to go first.
      deleteBeforeReplace: true,
    };
  },

  /** Changes the number of instances; all else makes a new endpoint. Waits first for one that was not ready when it was made. */
  async update(id: string, olds: MarketplaceState, news: MarketplaceInputs): Promise<{ outs: MarketplaceState }> {
    const signal = this.deadline(news);
    const settled = await this.settle(news, id, signal);
    const now = settled.endpointConfig?.sageMaker?.initialInstanceCount ?? olds.instanceCount;
    const final = now === news.instanceCount ? settled : await this.resize(news, id, signal);
    return { outs: { ...news, ...this.describe(news, final) } };
  },

  /** Gone already is as good as deleted. Waits until it is gone, since its name is free only then. */
  async delete(id: string, state: MarketplaceState): Promise<void> {
    const { sdk, client, signal } = this.connect(state);
    const timers = process.getBuiltinModule('node:timers/promises');
    let found = await this.get(state, id, signal);
    // One that is still being made or changed cannot be deleted yet.
    while (found !== undefined && /^(Creating|Updating|SystemUpdating|RollingBack)$/.test(found.endpointStatus ?? '')) {
      await timers.setTimeout(state.pollSeconds * 1000, undefined, { signal });
      found = await this.get(state, id, signal);
    }
    if (found === undefined) return;
    try {
      if (found.endpointStatus !== 'Deleting')
        await client.send(new sdk.DeleteMarketplaceModelEndpointCommand({ endpointArn: id }), { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      return;
    }
    while ((await this.get(state, id, signal)) !== undefined)
      await timers.setTimeout(state.pollSeconds * 1000, undefined, { signal });
  },

  async resize(inputs: MarketplaceInputs, arn: string, signal: AbortSignal): Promise<Found> {
    const { sdk, client } = this.connect(inputs);
    await client.send(
      new sdk.UpdateMarketplaceModelEndpointCommand({ endpointArn: arn, endpointConfig: this.config(inputs) }),
      { abortSignal: signal },
    );
    return this.settle(inputs, arn, signal);
  },

  /** Looks until the endpoint serves. @throws If it fails, is gone, or is not there in time. */
  async settle(inputs: MarketplaceInputs, arn: string, signal: AbortSignal): Promise<Found> {
    const timers = process.getBuiltinModule('node:timers/promises');
    try {
      for (;;) {
        const found = await this.get(inputs, arn, signal);
        if (found === undefined) throw new Error('It is gone.');
        const { endpointStatus, endpointStatusMessage, status, statusMessage } = found;
        if (status === 'INCOMPATIBLE_ENDPOINT')
          throw new Error(`Bedrock cannot use it: ${statusMessage ?? 'no reason given'}`);
        if (endpointStatus === 'InService') return found;
        if (/^(Failed|UpdateRollbackFailed|OutOfService|Deleting)$/.test(endpointStatus ?? ''))
          throw new Error(`It is ${endpointStatus}: ${endpointStatusMessage ?? 'no reason given'}`);
        await timers.setTimeout(inputs.pollSeconds * 1000, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`It was not in service after ${inputs.timeoutSeconds} s. Run again to wait on.`, {
        cause: error,
      });
    }
  },

  async get(inputs: MarketplaceInputs, arn: string, signal: AbortSignal): Promise<Found | undefined> {
    const { sdk, client } = this.connect(inputs);
    try {
      const answer = await client.send(new sdk.GetMarketplaceModelEndpointCommand({ endpointArn: arn }), {
        abortSignal: signal,
      });
      return answer.marketplaceModelEndpoint;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  },

  /** What AWS says, in our words. */
  describe(inputs: MarketplaceInputs, found: Found) {
    const config = found.endpointConfig?.sageMaker;
    return {
      endpointArn: found.endpointArn ?? '',
      endpointStatus: found.endpointStatus ?? 'Unknown',
      modelSourceArn: found.modelSourceIdentifier ?? inputs.modelSourceArn,
      instanceType: config?.instanceType ?? inputs.instanceType,
      instanceCount: config?.initialInstanceCount ?? inputs.instanceCount,
    };
  },

  config(inputs: MarketplaceInputs) {
    return {
      sageMaker: {
        initialInstanceCount: inputs.instanceCount,
        instanceType: inputs.instanceType,
        executionRole: inputs.executionRoleArn,
        kmsEncryptionKey: inputs.kmsKeyArn,
        vpc:
          inputs.subnetIds === undefined || inputs.securityGroupIds === undefined
            ? undefined
            : { subnetIds: inputs.subnetIds, securityGroupIds: inputs.securityGroupIds },
      },
    };
  },

  deadline(inputs: MarketplaceInputs): AbortSignal {
    return AbortSignal.timeout(inputs.timeoutSeconds * 1000);
  },

  connect(inputs: MarketplaceInputs) {
    // `require` from where the program stands: in the other process an import would be looked for beside Pulumi's own files.
    const { createRequire } = process.getBuiltinModule('node:module');
    const sdk = createRequire(`${process.cwd()}/`)('@aws-sdk/client-bedrock') as typeof bedrock;
    const client = new sdk.BedrockClient({
      region: inputs.region,
      maxAttempts: 6,
      requestHandler: { requestTimeout: 30_000, connectionTimeout: 5_000 },
      ...(inputs.apiUrl !== undefined && { endpoint: inputs.apiUrl }),
    });
    return { sdk, client, signal: this.deadline(inputs) };
  },
};
