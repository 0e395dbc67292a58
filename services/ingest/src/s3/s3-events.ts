import { PlatformError } from '@plinth/contracts';

/** An object that something happened to. What it is now is looked up: events come late, twice and out of order. */
export interface TouchedObject {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
}

interface Notification {
  readonly Records?: readonly {
    readonly eventName?: string;
    readonly s3?: { readonly bucket?: { readonly name?: string }; readonly object?: { readonly key?: string } };
  }[];
  /** S3 sends one when a queue is put on its list. */
  readonly Event?: string;
  /** EventBridge. */
  readonly source?: string;
  readonly 'detail-type'?: string;
  readonly detail?: { readonly bucket?: { readonly name?: string }; readonly object?: { readonly key?: string } };
}

/**
 * The objects a message of the queue speaks of: a notification by S3 itself, whose keys are encoded as in a form, or by EventBridge, whose keys are
 * not. Source: Amazon S3, "Event message structure" and "EventBridge event message structure". Throws `invalid_request` for anything else.
 */
export function touchedObjects(body: string): readonly TouchedObject[] {
  const message = parse(body);
  if (message.Event === 's3:TestEvent') return [];
  if (message.source === 'aws.s3' && /^Object (Created|Deleted)$/.test(message['detail-type'] ?? ''))
    return [touched(message.detail?.bucket?.name, message.detail?.object?.key)];
  if (!Array.isArray(message.Records)) throw unknown();
  return (message.Records as NonNullable<Notification['Records']>).map(({ s3 }) =>
    touched(s3?.bucket?.name, decode(s3?.object?.key)),
  );
}

function touched(bucket: string | undefined, key: string | undefined): TouchedObject {
  if (typeof bucket !== 'string' || typeof key !== 'string' || key === '') throw unknown();
  return { bucket, key };
}

function decode(key: string | undefined): string | undefined {
  if (typeof key !== 'string') return undefined;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw unknown();
  }
}

function parse(body: string): Notification {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw unknown(error);
  }
  throw unknown();
}

function unknown(cause?: unknown): PlatformError {
  return new PlatformError('invalid_request', 'The message is not a notification of S3.', { cause });
}
