import { Plan } from '../plan.ts';

/** A plan as JSON, in its documented shape and ending in a newline. */
export function renderJson(plan: Plan): string {
  return `${JSON.stringify(Plan.parse(plan), null, 2)}\n`;
}
