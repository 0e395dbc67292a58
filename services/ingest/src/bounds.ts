/** What a document may be, whichever way it comes. */
export const DOCUMENT_BOUNDS = {
  /** Bytes of one document, unless a service sets less. */
  bytes: 100_000_000,
  /** UTF-8 bytes of an id: it is a part of the keys of indexes. */
  idBytes: 512,
  nameCharacters: 255,
  groups: 16,
  metadataEntries: 32,
  metadataCharacters: 4_096,
} as const;
