import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import type { Statement } from '../iam/statement.ts';

export interface ImageRepositoryArgs {
  /** For example `plinth/vllm`. */
  repositoryName: pulumi.Input<string>;
  /** Customer-managed key layers are encrypted under. */
  keyArn: pulumi.Input<string>;
  /** Images kept; older ones are deleted. Those that run must be among them. @default 20 */
  keepImages?: number;
  /** Let `pulumi destroy` delete the images too. @default false */
  forceDelete?: boolean;
}

/** An ECR repository whose tags never move, whose images are scanned when pushed, and that forgets old ones. */
export class ImageRepository extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly repositoryName: pulumi.Output<string>;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
  readonly url: pulumi.Output<string>;
  readonly #keyArn: pulumi.Input<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:containers:ImageRepository', name, {}, opts);
    this.#keyArn = args.keyArn;
    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repositoryName,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey: args.keyArn }],
        forceDelete: args.forceDelete ?? false,
      },
      { parent: this },
    );
    new aws.ecr.LifecyclePolicy(
      name,
      { repository: repository.name, policy: JSON.stringify({ rules: lifecycle(args.keepImages ?? 20) }) },
      { parent: this },
    );
    this.arn = repository.arn;
    this.repositoryName = repository.name;
    this.url = repository.repositoryUrl;
    this.registerOutputs({ arn: this.arn, repositoryName: this.repositoryName, url: this.url });
  }

  /** The image with this digest, `sha256:…`, as containers name it. */
  image(digest: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.interpolate`${this.url}@${digest}`;
  }

  /** Lets a role pull images of this repository. */
  grantPull(): Statement[] {
    return grantPull(this.arn);
  }

  /** Lets a role push images, as a build does. It can replace none: tags do not move. */
  grantPush(): Statement[] {
    return [
      ...this.grantPull(),
      {
        Sid: 'PushImages',
        Effect: 'Allow',
        Action: ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'],
        Resource: [this.arn],
      },
      {
        Sid: 'EncryptImages',
        Effect: 'Allow',
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: [this.#keyArn],
      },
    ];
  }
}

/** As {@link ImageRepository.grantPull}, for a repository another stack owns. */
export function grantPull(repositoryArn: pulumi.Input<string>): Statement[] {
  return [
    JUSTIFIED.registryLogin,
    {
      Sid: 'PullImages',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [repositoryArn],
    },
  ];
}

function lifecycle(keep: number) {
  return [
    {
      rulePriority: 1,
      description: 'Layers nobody tagged',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'Older releases',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keep },
      action: { type: 'expire' },
    },
  ];
}
