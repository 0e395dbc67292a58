import { PlatformError } from '@plinth/contracts';
import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const Filter = z.record(z.string(), z.union([scalar, z.array(scalar)]));

/** A metadata filter as it is written on the command line. */
export function parseFilter(text: string | undefined): z.infer<typeof Filter> | undefined {
  if (text === undefined) return undefined;
  try {
    return Filter.parse(JSON.parse(text));
  } catch (error) {
    throw new PlatformError('configuration', '--filter is a JSON object of plain values, for example {"team":"hr"}.', {
      cause: error,
    });
  }
}
