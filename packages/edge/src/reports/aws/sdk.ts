/** The only eager import of the SDK's client: everything else loads it at first use. */
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
