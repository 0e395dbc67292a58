import { isUnknown, placeholderText, type ValueSource } from '@plinth/policies';
import type { PlannedValue } from '../plan.ts';
import type { ExportedValue } from '../protocol.ts';
import { shortType, type StandIns } from './stand-ins.ts';
import { readWire, UNKNOWN_VALUE } from './wire.ts';

const PLACEHOLDER = /«[^»]*»/g;

/** A stack's outputs for the programs that refer to it, each with the resources its unknown parts come from. */
export function exportOutputs(
  outputs: Readonly<Record<string, unknown>>,
  standIns: StandIns,
  nameOf: (urn: string) => string,
): Record<string, ExportedValue> {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, raw]) => {
      const { judged, shown } = readWire(raw, standIns);
      return [
        key,
        { value: shown, sources: sourcesIn(judged).map((source) => ({ ...source, name: nameOf(source.urn) })) },
      ];
    }),
  );
}

/**
 * The same output on the side of the program that refers to it: stand-ins again, so that it can be followed further. What even
 * the other plan could not follow is named after the output itself; one wholly unknown part would make every output unknown.
 */
export function importOutput(
  exported: ExportedValue,
  itself: ExportedValue['sources'][number],
  standIns: StandIns,
): unknown {
  const byPlaceholder = new Map(
    exported.sources.map((source) => [placeholderText({ ...source, type: shortType(source.type) }), source]),
  );
  const rebuild = (value: PlannedValue): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: PlannedValue) => rebuild(item));
    const record = value as Record<string, PlannedValue>;
    if ('$unknown' in record && typeof record['$unknown'] === 'string')
      return record['$unknown'].replaceAll(PLACEHOLDER, (text) => standIns.textFor(byPlaceholder.get(text) ?? itself));
    if ('$unknown' in record || '$secret' in record || '$asset' in record) return standIns.textFor(itself);
    return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, rebuild(item)]));
  };
  return rebuild(exported.value);
}

/** The same output where unknowns are not followed: anything not known makes it unknown. */
export function importOpaque(exported: ExportedValue): unknown {
  return JSON.stringify(exported.value).includes('"$') ? UNKNOWN_VALUE : exported.value;
}

function sourcesIn(value: unknown): ValueSource[] {
  if (isUnknown(value)) return [...value.sources];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(sourcesIn);
}
