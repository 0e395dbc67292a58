import { randomUUID } from 'node:crypto';
import { PlatformError, type Identity } from '@plinth/contracts';
import { bodyStream, clientController, readMultipart, type FormPart, type FrontContext } from '@plinth/front';
import type { Accepted, Acceptor, KeptObject } from '../accept/accept.ts';

const FIELD_BYTES = 8_192;

/** POST: a form of `file`, `id?`, `groups`, `metadata?`, in any order. The file goes to the object store as it comes. */
export async function acceptForm(context: FrontContext, identity: Identity, acceptor: Acceptor): Promise<Accepted> {
  const { signal } = clientController(context);
  const fields: Record<string, string[]> = {};
  let file: { readonly name: string; readonly mediaType?: string; readonly kept: KeptObject } | undefined;
  for await (const part of readMultipart(context.req.header('content-type'), bodyStream(context))) {
    if (part.name !== 'file') (fields[part.name] ??= []).push(await readField(part));
    else if (file !== undefined) throw invalid('file', 'Send one file a request.');
    else {
      const kept = await acceptor.keep(identity.tenant, part.body, { signal });
      file = { name: part.filename ?? '', mediaType: part.contentType, kept };
    }
  }
  if (file === undefined) throw invalid('file', 'The form has no part named "file".');
  const { name, mediaType, kept } = file;
  const [documentId = name || randomUUID()] = fields['id'] ?? [];
  const described = { documentId, name: name || documentId.slice(-255), mediaType };
  const { groups = [], metadata: [metadata] = [] } = fields;
  return acceptor.offer(
    { tenant: identity.tenant, ...described, groups: groups.flatMap(groupList), metadata: parseMetadata(metadata) },
    kept,
    { own: identity.groups },
  );
}

/** PUT: the bytes themselves; `groups`, `name` and `metadata` in the query. */
export async function acceptBytes(context: FrontContext, identity: Identity, acceptor: Acceptor): Promise<Accepted> {
  const { signal } = clientController(context);
  const documentId = context.req.param('id') ?? '';
  return acceptor.accept(
    {
      tenant: identity.tenant,
      documentId,
      name: context.req.query('name') ?? documentId.slice(documentId.lastIndexOf('/') + 1),
      mediaType: context.req.header('content-type'),
      groups: (context.req.queries('groups') ?? []).flatMap(groupList),
      metadata: parseMetadata(context.req.query('metadata')),
      body: bodyStream(context),
    },
    { own: identity.groups, signal },
  );
}

async function readField(part: FormPart): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of part.body) {
    size += bytes.byteLength;
    if (size > FIELD_BYTES) throw invalid(part.name.slice(0, 64), `A field of the form is over ${FIELD_BYTES} bytes.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** `a, b`, or `["a","b"]` as some clients send lists. */
function groupList(text: string): string[] {
  return text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(',')
    .map((group) => group.trim().replace(/^"|"$/g, ''))
    .filter((group) => group !== '');
}

function parseMetadata(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('metadata', 'Metadata is one JSON object.');
  }
}

function invalid(param: string, message: string): PlatformError {
  return new PlatformError('invalid_request', message, { param });
}
