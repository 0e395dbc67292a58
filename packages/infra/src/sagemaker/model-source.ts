import type * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { grantReadUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import { repositoryArn } from './model-image.ts';

interface InContainer {
  /** Image of the server, best by digest: one of `largeModelImage()`, or your own. */
  image: pulumi.Input<string>;
  /** Where the image lies. @default ECR of this Region, pulled by the model's role */
  registry?: PrivateRegistry;
  /** Settings of the server, for example `OPTION_MAX_MODEL_LEN`. Never secrets: who may describe the model reads them. @default none */
  environment?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A Docker registry inside the VPC, as SageMaker calls one that is not ECR. */
export interface PrivateRegistry {
  kind: 'in-vpc';
  /** Function that gives SageMaker the registry's user and password. @default the registry asks for none */
  credentialsProviderArn?: pulumi.Input<string>;
}

/** Where a model and its server come from. */
export type ModelSource =
  /** Weights as plain objects under a prefix: nothing to unpack, so copies start sooner. */
  | ({ kind: 's3'; data: ObjectPrefix } & InContainer)
  /** A JumpStart model: AWS's own bucket of the Region holds the weights. */
  | ({
      kind: 'jumpstart';
      /** Start of the keys of the artifact, as the model's JumpStart specification names it, ending in a slash. */
      prefix: string;
      /** The model asks for its licence to be accepted, and you do. @default the model is open */
      gated?: { acceptEula: true };
    } & InContainer)
  /** A model package: a subscription from AWS Marketplace, or a version of our own registry. It brings its image and data. */
  | { kind: 'package'; modelPackageArn: pulumi.Input<string> }
  /** Many models, each a `.tar.gz` under the prefix, loaded when they are first called. For `hosting: multi-model`. */
  | ({
      kind: 'collection';
      data: ObjectPrefix;
      /** Keep models in memory between calls. @default true */
      caching?: boolean;
    } & InContainer);

/** The container SageMaker runs for a source. */
export function containerOf(
  placement: Placement,
  source: ModelSource,
): aws.types.input.sagemaker.ModelPrimaryContainer {
  switch (source.kind) {
    case 'package':
      return { modelPackageName: source.modelPackageArn };
    case 'collection':
      return {
        ...inContainer(source),
        mode: 'MultiModel',
        modelDataUrl: s3Uri(source.data),
        multiModelConfig: { modelCacheSetting: (source.caching ?? true) ? 'Enabled' : 'Disabled' },
      };
    case 's3':
      return { ...inContainer(source), modelDataSource: plainObjects(s3Uri(source.data)) };
    case 'jumpstart':
      return {
        ...inContainer(source),
        modelDataSource: plainObjects(s3Uri(jumpStartData(placement, source)), source.gated?.acceptEula),
      };
  }
}

/** What the model's role needs to fetch its image and data. */
export function grantFetch(placement: Placement, source: ModelSource): Statement[] {
  if (source.kind === 'package') return [];
  const data = source.kind === 'jumpstart' ? jumpStartData(placement, source) : source.data;
  return [...grantReadUnder(placement, data), ...(source.registry === undefined ? grantPull(placement, source) : [])];
}

function grantPull({ partition }: Placement, { image }: InContainer): Statement[] {
  return [
    {
      Sid: 'PullImage',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [pulumi.output(image).apply((uri) => repositoryArn(partition, uri))],
    },
    JUSTIFIED.registryLogin,
  ];
}

/** JumpStart's bucket of a Region; gated models lie in a private one, opened by accepting the licence (SageMaker developer guide). */
function jumpStartData({ region }: Placement, { prefix, gated }: { prefix: string; gated?: unknown }): ObjectPrefix {
  return {
    bucketName: gated === undefined ? `jumpstart-cache-prod-${region}` : `jumpstart-private-cache-prod-${region}`,
    prefix,
  };
}

function inContainer({ image, environment, registry }: InContainer) {
  return { image, environment: { ...environment }, imageConfig: imageConfig(registry) };
}

/** `Platform` is SageMaker's word for ECR, and `Vpc` for any other registry (API reference, ImageConfig). */
function imageConfig(registry: PrivateRegistry | undefined) {
  if (registry === undefined) return { repositoryAccessMode: 'Platform' };
  const { credentialsProviderArn } = registry;
  return {
    repositoryAccessMode: 'Vpc',
    ...(credentialsProviderArn !== undefined && {
      repositoryAuthConfig: { repositoryCredentialsProviderArn: credentialsProviderArn },
    }),
  };
}

function plainObjects(uri: pulumi.Output<string>, acceptEula?: boolean) {
  return {
    s3DataSources: [
      {
        s3Uri: uri,
        s3DataType: 'S3Prefix',
        compressionType: 'None',
        ...(acceptEula === undefined ? {} : { modelAccessConfig: { acceptEula } }),
      },
    ],
  };
}
