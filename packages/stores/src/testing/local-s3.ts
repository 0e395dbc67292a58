import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';

export interface LocalS3 {
  readonly client: S3Client;
  readonly bucket: string;
  close(): Promise<void>;
}

/** An S3 server in this process, in memory, with one bucket. It ignores `If-None-Match` and keeps no versions. */
export async function startLocalS3(): Promise<LocalS3> {
  const server = await startFauxqs({ port: 0, logger: false });
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const bucket = 'documents';
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    client,
    bucket,
    close: async () => {
      client.destroy();
      await server.stop();
    },
  };
}
