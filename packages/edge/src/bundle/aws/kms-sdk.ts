/** The only eager import of KMS's client: sites never load it. */
export { KMSClient, SignCommand } from '@aws-sdk/client-kms';
