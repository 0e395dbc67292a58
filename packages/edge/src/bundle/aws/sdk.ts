/** The only eager import of S3's client here: everything else loads it at first use. */
export { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
