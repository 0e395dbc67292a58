import type { PrivateBucket, Statement } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { FOLDERS, type Places } from './places.ts';

/** What a distributed map needs of S3: to read the manifest, and to write what became of each shard, in parts where there are many. */
export function grantMapStorage({ placement, input, output }: Places): Statement[] {
  const objects = ({ bucketName }: PrivateBucket, folder: string) =>
    pulumi.interpolate`arn:${placement.partition}:s3:::${bucketName}/${folder}*`;
  return [
    {
      Sid: 'ReadManifests',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [objects(input, FOLDERS.shards)],
    },
    {
      Sid: 'WriteRuns',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      Resource: [objects(output, FOLDERS.runs)],
    },
  ];
}

/** Lets the workflow tell that a batch has ended. */
export function grantNotices(topicArn: pulumi.Input<string>): Statement {
  return { Sid: 'TellOfEnds', Effect: 'Allow', Action: ['sns:Publish'], Resource: [topicArn] };
}
