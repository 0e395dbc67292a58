import { PlatformError } from '@plinth/contracts';

export const OBJECT_BOUNDS = { keyBytes: 900, metadataCharacters: 1_500, pageSize: 1_000 } as const;

const METADATA_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
// eslint-disable-next-line no-control-regex -- these are the characters that are refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Refuses a key that is empty, too long, not Unicode, or that a file system or a URL would read as another: empty, `.` and `..` segments. */
export function checkKey(key: string): void {
  const segments = key.split('/');
  const wrong =
    Buffer.byteLength(key) > OBJECT_BOUNDS.keyBytes ||
    CONTROL.test(key) ||
    Buffer.from(key).toString() !== key ||
    segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  if (wrong)
    throw new PlatformError(
      'invalid_request',
      `An object's key is 1 to ${OBJECT_BOUNDS.keyBytes} bytes of segments between slashes, none of them empty, "." or "..".`,
      { param: 'key' },
    );
}

/** Refuses metadata that a header cannot carry. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  let characters = 0;
  for (const [name, value] of Object.entries(metadata)) {
    characters += name.length + value.length;
    if (!METADATA_NAME.test(name) || !PRINTABLE.test(value))
      throw new PlatformError(
        'invalid_request',
        `The metadata "${name.slice(0, 64)}" of an object must have a name of lower-case letters, digits and -, and a value in printable ASCII.`,
        { param: 'metadata' },
      );
  }
  if (characters > OBJECT_BOUNDS.metadataCharacters)
    throw new PlatformError(
      'invalid_request',
      `The metadata of an object is over ${OBJECT_BOUNDS.metadataCharacters} characters.`,
      { param: 'metadata' },
    );
}

export function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError('request_too_large', `The object is over ${maxBytes} bytes. Send a smaller one.`);
}
