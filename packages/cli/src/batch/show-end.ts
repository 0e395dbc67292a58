import type { BatchObject } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import { renderEnd } from './render.ts';

/** Says what became of a batch; one that has not completed ends the command with code 1. */
export function showEnd(batch: BatchObject, { json }: { readonly json?: boolean }): void {
  if (batch.status !== 'completed') process.exitCode = 1;
  const style = styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
  process.stdout.write(json === true ? `${JSON.stringify(batch)}\n` : renderEnd(batch, style));
}
