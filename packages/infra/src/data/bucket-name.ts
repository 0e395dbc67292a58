/** What names of the platform's buckets begin with: the audit trail records the use of every bucket that is called so. */
export const BUCKET_PREFIX = 'plinth-';

/** Longest prefix AWS's provider takes, which adds 26 characters of its own. */
const LONGEST_PREFIX = 37;

/** The beginning of a bucket's name; the provider makes it unique. */
export function bucketPrefix(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  return `${`${BUCKET_PREFIX}${words}`.slice(0, LONGEST_PREFIX - 1).replace(/-+$/, '')}-`;
}
