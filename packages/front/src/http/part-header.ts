import { PlatformError } from '@plinth/contracts';

export interface PartHeader {
  readonly name: string;
  /** Without its folders; absent of plain fields. */
  readonly filename?: string;
  readonly contentType?: string;
}

const PARAMETER = /;\s*(name|filename|filename\*)=(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/gi;

/** Reads the header of one part of a form. Source: RFC 7578, section 4.2, and how browsers and curl escape names. */
export function parsePartHeader(text: string): PartHeader {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, plain = ''] of disposition.matchAll(PARAMETER))
    parameters.set(key.toLowerCase(), quoted === undefined ? plain : unescape(quoted));
  const name = parameters.get('name');
  if (!/^form-data\s*(;|$)/i.test(disposition) || name === undefined)
    throw new PlatformError(
      'invalid_request',
      'Every part of the form needs a content-disposition of form-data with a name.',
    );
  const filename = extended(parameters.get('filename*')) ?? parameters.get('filename');
  return {
    name,
    ...(filename !== undefined && {
      filename: filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1),
    }),
    ...(headers.has('content-type') && { contentType: headers.get('content-type') }),
  };
}

/** Browsers write `%22`, curl `\"`. */
function unescape(text: string): string {
  return text
    .replace(/\\(["\\])/g, '$1')
    .replace(/%22/g, '"')
    .replace(/%0d%0a|%0d|%0a/gi, ' ');
}

/** `UTF-8''gr%C3%BC%C3%9Fe.txt` (RFC 8187). */
function extended(value: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(value ?? '')?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
