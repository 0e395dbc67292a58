import { PlatformError } from '@plinth/contracts';
import type { MetadataFilter } from '../ports/retriever.ts';

const MOST = { fields: 16, values: 64, text: 1_024 };

/**
 * A filter as `plinth.matches` takes it: a list per field, of objects of which the metadata must contain one. As JSON, to be bound. Undefined
 * where nothing is filtered.
 */
export function filterText(filter: MetadataFilter | undefined): string | undefined {
  const fields = Object.entries(filter ?? {});
  if (fields.length === 0) return undefined;
  if (fields.length > MOST.fields) throw refused(`A filter has at most ${MOST.fields} fields.`);
  return JSON.stringify(
    fields.map(([field, value]) => {
      const values = Array.isArray(value) ? (value as readonly (string | number | boolean)[]) : [value];
      if (values.length > MOST.values) throw refused(`A field of a filter has at most ${MOST.values} values.`);
      return values.map((one) => {
        if (field.length > MOST.text || (typeof one === 'string' && one.length > MOST.text))
          throw refused(`Fields and values of a filter have at most ${MOST.text} characters.`);
        return { [field]: one };
      });
    }),
  );
}

function refused(message: string): PlatformError {
  return new PlatformError('invalid_request', message, { param: 'filter' });
}
