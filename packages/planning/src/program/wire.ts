import { Unknown } from '@plinth/policies';
import type { PlannedValue } from '../plan.ts';
import type { StandIns } from './stand-ins.ts';

/** Marks the engine's protocol puts on values (`sdk/go/common/resource` in pulumi/pulumi). */
export const UNKNOWN_VALUE = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const UNKNOWN_VALUES = new Set([
  UNKNOWN_VALUE,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';

/** Longest text a plan repeats, characters. */
const LONGEST_TEXT = 20_000;

/** A value off the wire, as the rules read it and as the plan shows it. */
export interface WireValue {
  /** Unknowns are {@link Unknown}; secrets are in the open, or a rule could not find a key in an environment. */
  readonly judged: unknown;
  /** Secrets are hidden. */
  readonly shown: PlannedValue;
}

export function readWire(value: unknown, standIns: StandIns): WireValue {
  if (typeof value === 'string') return readText(value, standIns);
  if (value === null || value === undefined) return { judged: undefined, shown: null };
  if (typeof value !== 'object') return { judged: value, shown: value as number | boolean };
  if (Array.isArray(value)) {
    const items = value.map((item) => readWire(item, standIns));
    return { judged: items.map(({ judged }) => judged), shown: items.map(({ shown }) => shown) };
  }
  return readRecord(value as Record<string, unknown>, standIns);
}

export function readWireRecord(values: Record<string, unknown>, standIns: StandIns) {
  const entries = Object.entries(values).map(([key, value]) => [key, readWire(value, standIns)] as const);
  return {
    judged: Object.fromEntries(entries.map(([key, { judged }]) => [key, judged])),
    shown: Object.fromEntries(entries.map(([key, { shown }]) => [key, shown])),
  };
}

function readText(text: string, standIns: StandIns): WireValue {
  if (UNKNOWN_VALUES.has(text)) return { judged: new Unknown(''), shown: { $unknown: null } };
  const traced = standIns.trace(text);
  if (traced === undefined) return { judged: text, shown: text.slice(0, LONGEST_TEXT) };
  return {
    judged: new Unknown('', traced.sources, traced.template),
    shown: { $unknown: traced.template.slice(0, LONGEST_TEXT) },
  };
}

function readRecord(record: Record<string, unknown>, standIns: StandIns): WireValue {
  switch (record[SIGNATURE]) {
    case SECRET:
      return { judged: readWire(record['value'], standIns).judged, shown: { $secret: true } };
    case ASSET:
    case ARCHIVE: {
      const where = String(record['path'] ?? record['uri'] ?? '(in the program)');
      return { judged: { asset: where }, shown: { $asset: where } };
    }
    case RESOURCE:
      return readText(String(record['id'] ?? record['urn'] ?? ''), standIns);
    default:
      return readWireRecord(record, standIns);
  }
}

/** Values in it that only creation can tell. */
export function countUnknown(value: PlannedValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item: PlannedValue) => sum + countUnknown(item), 0);
  if ('$unknown' in value) return 1;
  return Object.values(value as Record<string, PlannedValue>).reduce<number>(
    (sum, item) => sum + countUnknown(item),
    0,
  );
}
