import {
  Guardrail,
  ImageRepository,
  InferenceProfile,
  Key,
  PrivateBucket,
  SigningKey,
  TrustAnchor,
  grantKeyThrough,
  grantReadUnder,
  grantWriteUnder,
  policyDocument,
  type Placement,
  type Statement,
} from '@plinth/infra';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { DeployedModel } from './catalog.ts';
import type { EdgeConfig } from './config.ts';

/** Where a stack lands, and what it stands on. */
export interface Ground {
  readonly placement: Placement;
  readonly dataKeyArn: pulumi.Output<string>;
  /** May be thrown away with everything in it. */
  readonly disposable: boolean;
}

/** What a site trusts and fetches: signed bundles, weights and images; and who may publish them. */
export interface Supply {
  readonly signing: SigningKey;
  readonly bundles: PrivateBucket;
  readonly weights: PrivateBucket;
  readonly repositories: { readonly edge: ImageRepository; readonly vllm: ImageRepository };
  readonly anchor: TrustAnchor | undefined;
  readonly publisherPolicyArn: pulumi.Output<string>;
}

export function supply(config: EdgeConfig, ground: Ground, opts: pulumi.ComponentResourceOptions): Supply {
  const { placement, dataKeyArn, disposable } = ground;
  const signing = new SigningKey(
    'bundles',
    { placement, description: 'Signs bundles of the edge.', deletionWindowDays: disposable ? 7 : 30 },
    opts,
  );
  const { lock, keptDays } = config.bundles;
  const bucket = { keyArn: dataKeyArn, forceDestroy: disposable };
  const bundles = new PrivateBucket('bundles', { ...bucket, expireAfterDays: keptDays, objectLock: lock }, opts);
  const weights = new PrivateBucket('weights', { ...bucket, expireAfterDays: 3_650 }, opts);
  const repository = (image: string) =>
    new ImageRepository(
      image,
      { repositoryName: `plinth/${pulumi.getStack()}/${image}`, keyArn: dataKeyArn, forceDelete: disposable },
      opts,
    );
  const publisher = new aws.iam.Policy(
    'publisher',
    {
      description: 'Publish bundles and weights to sites. For the pipeline that does; nobody else signs.',
      policy: policyDocument([
        signing.grantSign(),
        grantWriteUnder(placement, { bucketName: bundles.bucketName, prefix: 'sites/' }),
        grantWriteUnder(placement, { bucketName: weights.bucketName, prefix: 'models/' }),
        grantKeyThrough(dataKeyArn, placement, 's3'),
      ]),
    },
    opts,
  );
  return {
    signing,
    bundles,
    weights,
    repositories: { edge: repository('edge'), vllm: repository('edge-vllm') },
    anchor: config.authority && new TrustAnchor('sites', { authority: config.authority }, opts),
    publisherPolicyArn: publisher.arn,
  };
}

/** What answers requests that are too heavy for a site. */
export interface HeavyModels {
  readonly guardrail: Guardrail;
  readonly models: readonly DeployedModel[];
}

export function heavyModels(config: EdgeConfig, ground: Ground, opts: pulumi.ComponentResourceOptions): HeavyModels {
  const { placement, disposable } = ground;
  // A key of its own: sites may read what it encrypts, and that must be nothing else.
  const key = new Key(
    'guardrail',
    { placement, description: 'What the guardrail says.', deletionWindowDays: disposable ? 7 : 30 },
    opts,
  );
  return {
    guardrail: new Guardrail('guardrail', { keyArn: key.arn, policy: config.guardrail }, opts),
    models: config.models.map((settings) => ({
      settings,
      profile: new InferenceProfile(settings.id, { placement, ...settings }, opts),
    })),
  };
}

/** Reads one model's weights: by S3 alone, and under its own prefix. */
export function grantWeights({ placement, dataKeyArn }: Ground, { weights }: Supply, model: string): Statement[] {
  return [
    ...grantReadUnder(placement, { bucketName: weights.bucketName, prefix: `models/${model}/` }),
    grantKeyThrough(dataKeyArn, placement, 's3'),
  ];
}
