/**
 * The only eager import of the AWS SDK. Everything else in this folder imports types alone and reaches this file through `loadSdk`, so that
 * a front's cold start does not wait for it.
 */
export {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
