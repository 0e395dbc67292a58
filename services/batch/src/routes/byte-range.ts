import type { ByteRange } from '@plinth/stores/objects';

/** The one range of a `Range` header, within `bytes`; `unsatisfiable` where it lies behind the end. What is no single range of bytes is passed over (RFC 9110, section 14.2). */
export function byteRange(
  header: string | undefined,
  bytes: number,
): Required<ByteRange> | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return undefined;
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  return first >= bytes ? 'unsatisfiable' : { first, last };
}
