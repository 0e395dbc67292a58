/** Where the bytes of files and batches are in the object store. */
export const objectKeys = {
  files: 'files/',
  file: (tenant: string, fileId: string) => `files/${segmentOf(tenant)}/${fileId}`,
  shardsOf: (batchId: string) => `shards/${batchId}/`,
  shard: (batchId: string, number: number) => `${objectKeys.shardsOf(batchId)}${String(number).padStart(5, '0')}`,
  endings: 'endings/',
  /** There while what follows the end of a batch may not have happened. */
  ending: (tenant: string, batchId: string) => `endings/${segmentOf(tenant)}/${batchId}`,
} as const;

/** Whose file, or whose batch's ending, a key is. */
export function ownerOfKey(key: string): { readonly tenant: string; readonly id: string } | undefined {
  const [, tenant, id] = /^(?:files|endings)\/t-([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return tenant === undefined || id === undefined ? undefined : { tenant: decodeURIComponent(tenant), id };
}

/** One segment, whatever the tenant is called: `..` and slashes too. */
function segmentOf(tenant: string): string {
  return `t-${encodeURIComponent(tenant)}`;
}
