import { placeholderText, type ValueSource } from '@plinth/policies';

/** Account every plan is made for: nobody is signed in, and this one belongs to nobody. */
export const PLAN_ACCOUNT = '000000000000';

interface StandIn extends ValueSource {
  readonly name: string;
}

const NUMERIC_BASE = 98_700_000;
const ONE = /arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:\d*:plinth(\d{4,})unknown|plinth(\d{4,})unknown|\b987(\d{5})\b/gi;

/** Outputs that are text and that only creation can tell. Lists, numbers and maps stay unknown as in any preview. */
const TEXTUAL = /(^|[a-z])(arn|id|name|url|uri|endpoint|domain|version|bucket)$|^value$|pem$/i;

export function hasStandIn(output: string): boolean {
  return TEXTUAL.test(output);
}

/** What a text with stand-ins really says. */
export interface Traced {
  readonly template: string;
  readonly sources: readonly ValueSource[];
}

/**
 * Stand-ins for what only creation can tell. A program may put one into JSON, an ARN or a URL, and the planner still finds it:
 * so a policy document is known statement by statement although its ARNs are not.
 */
export class StandIns {
  readonly #known: StandIn[] = [];
  readonly #texts = new Map<string, string>();
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
  }

  /** Text for one output of one resource; the same each time it is asked for. */
  textFor(source: StandIn): string {
    const key = `${source.urn} ${source.property}`;
    const existing = this.#texts.get(key);
    if (existing !== undefined) return existing;
    const number = this.#known.push(source) - 1;
    const text = this.#shape(source, number);
    this.#texts.set(key, text);
    return text;
  }

  /** `undefined` when the text holds no stand-in, and is thus simply known. */
  trace(text: string): Traced | undefined {
    const sources: ValueSource[] = [];
    const template = text.replaceAll(ONE, (match, ...groups: (string | undefined)[]) => {
      const standIn = this.#known[Number(groups.slice(0, 3).find((digits) => digits !== undefined))];
      if (standIn === undefined) return match;
      sources.push({ urn: standIn.urn, type: standIn.type, property: standIn.property });
      return placeholderText({ type: shortType(standIn.type), name: standIn.name, property: standIn.property });
    });
    return sources.length === 0 ? undefined : { template, sources };
  }

  #shape({ type, property }: StandIn, number: number): string {
    // Guardrail and layer versions are numbers, and programs check that.
    if (/version$/i.test(property)) return String(NUMERIC_BASE + number);
    const text = `plinth${String(number).padStart(4, '0')}unknown`;
    if (!/arn$/i.test(property)) return text;
    const service = /^aws:([^/]+)\//.exec(type)?.[1] ?? 'plinth';
    return `arn:aws:${service}:${this.#region}:${PLAN_ACCOUNT}:${text}`;
  }
}

/** `inferenceProfile` of `aws:bedrock/inferenceProfile:InferenceProfile`. */
export function shortType(type: string): string {
  const last = type.split(':').at(-1) ?? type;
  return last.charAt(0).toLowerCase() + last.slice(1);
}
