import { PlatformError } from '@plinth/contracts';
import { DOCUMENT_BOUNDS } from '../bounds.ts';

/** Values of a document's metadata: what a search can be filtered by. */
export type DocumentMetadata = Readonly<Record<string, string | number | boolean>>;

const GROUP = /^[A-Za-z0-9._:@/-]{1,128}$/;
const METADATA_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
// eslint-disable-next-line no-control-regex -- these are the characters that are refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Refuses an id that is empty, too long, not Unicode or could be read as another: empty, `.` and `..` segments. */
export function checkDocumentId(id: string): string {
  const wrong =
    !plain(id) ||
    Buffer.byteLength(id) > DOCUMENT_BOUNDS.idBytes ||
    id.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (wrong)
    throw refusal(
      'id',
      `A document's id is 1 to ${DOCUMENT_BOUNDS.idBytes} bytes, for example "handbook/travel.md", with no control characters and no empty, "." or ".." parts.`,
    );
  return id;
}

export function checkName(name: string): string {
  if (!plain(name) || name.trim() === '' || name.length > DOCUMENT_BOUNDS.nameCharacters)
    throw refusal(
      'file',
      `A file's name is 1 to ${DOCUMENT_BOUNDS.nameCharacters} characters without control characters.`,
    );
  return name;
}

/** Sorted, each once. With `own`, only groups of the sender's. */
export function checkGroups(groups: readonly string[], own?: readonly string[]): readonly string[] {
  const distinct = [...new Set(groups)].sort();
  if (distinct.length === 0)
    throw refusal('groups', 'Name at least one group that may read the document: nobody reads one without.');
  if (distinct.length > DOCUMENT_BOUNDS.groups || !distinct.every((group) => GROUP.test(group)))
    throw refusal('groups', `Name at most ${DOCUMENT_BOUNDS.groups} groups, in letters, digits and . _ : @ / -`);
  const foreign = own === undefined ? undefined : distinct.find((group) => !own.includes(group));
  if (foreign !== undefined)
    throw new PlatformError(
      'permission_denied',
      `You are not in the group "${foreign}". Open documents to groups of your own.`,
      {
        param: 'groups',
      },
    );
  return distinct;
}

export function checkMetadata(value: unknown): DocumentMetadata {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusal('metadata', 'Metadata is one JSON object of names and values.');
  const entries = Object.entries(value);
  let characters = 0;
  for (const [name, entry] of entries as [string, unknown][]) {
    const simple = typeof entry === 'string' || typeof entry === 'boolean' || Number.isFinite(entry);
    if (!METADATA_NAME.test(name) || !simple || (typeof entry === 'string' && entry.includes('\u0000')))
      throw refusal(
        'metadata',
        'Metadata is a flat object: names of letters, digits and _ . -, values text, numbers or true and false.',
      );
    characters += name.length + String(entry).length;
  }
  if (entries.length > DOCUMENT_BOUNDS.metadataEntries || characters > DOCUMENT_BOUNDS.metadataCharacters)
    throw refusal(
      'metadata',
      `Metadata is at most ${DOCUMENT_BOUNDS.metadataEntries} entries and ${DOCUMENT_BOUNDS.metadataCharacters} characters.`,
    );
  return value as DocumentMetadata;
}

/** Without control characters or halves of characters, which neither a database nor a header takes. */
function plain(text: string): boolean {
  return text !== '' && !CONTROL.test(text) && Buffer.from(text).toString() === text;
}

function refusal(param: string, message: string): PlatformError {
  return new PlatformError('invalid_request', message, { param });
}
