import { isUtf8 } from 'node:buffer';
import { BatchLine, type BatchEndpoint, type BatchError } from '@plinth/contracts';
import { IdTable } from './id-table.ts';
import type { ScannedLine } from './line-scanner.ts';

export interface LineRules {
  readonly endpoint: BatchEndpoint;
  /** Whether there is a model of this name. */
  readonly knowsModel: (name: string) => boolean;
  readonly maxLineBytes: number;
}

/** What a line is: a request, nothing (blank), or a mistake that ends the batch. */
export type CheckedLine =
  | { readonly record: BatchLine; readonly error?: undefined }
  | { readonly record?: undefined; readonly error: BatchError | undefined };

const BLANK: CheckedLine = { error: undefined };

/** Holds the lines of one file to the rules, those that concern all of them too: one model, and no `custom_id` twice. */
export class LineChecker {
  readonly #rules: LineRules;
  readonly #ids = new IdTable();
  #model: string | undefined;

  constructor(rules: LineRules) {
    this.#rules = rules;
  }

  /** The model that all lines name; undefined before the first. */
  get model(): string | undefined {
    return this.#model;
  }

  check(line: ScannedLine): CheckedLine {
    const { number, bytes } = line;
    if (bytes === undefined)
      return mistake(number, 'invalid_request', `is longer than ${this.#rules.maxLineBytes} bytes`);
    if (isBlank(bytes)) return BLANK;
    if (!isUtf8(bytes)) return mistake(number, 'invalid_json_line', 'is not text in UTF-8');
    const value = parsed(bytes);
    if (value === undefined)
      return mistake(
        number,
        'invalid_json_line',
        line.ended
          ? 'is not JSON'
          : 'is not JSON. It is the last one and ends in no newline: the file may have been cut',
      );
    if (isRequest(value)) return this.#outOfPlace(number, value) ?? { record: value };
    return this.#misshapen(number, value, BatchLine.safeParse(value).error?.issues[0]);
  }

  #misshapen(number: number, value: unknown, issue: Issue | undefined): CheckedLine {
    const param = issue?.path.join('.') ?? '';
    const url = (value as { url?: unknown } | null)?.url;
    if (param === 'url' && typeof url === 'string') return this.#otherUrl(number);
    const what = param === '' ? 'is not a request' : `has a wrong ${param}`;
    return mistake(number, 'invalid_request', `${what}: ${issue?.message ?? 'it does not fit'}`, param || null);
  }

  #outOfPlace(number: number, record: BatchLine): CheckedLine | undefined {
    const { model } = record.body;
    if (record.url !== this.#rules.endpoint) return this.#otherUrl(number);
    if (model !== this.#model) {
      if (!this.#rules.knowsModel(model))
        return mistake(number, 'model_not_found', `names the model ${quoted(model)}, which is not there`, 'body.model');
      if (this.#model !== undefined)
        return mistake(
          number,
          'model_mismatch',
          `names the model ${quoted(model)}, those before it ${quoted(this.#model)}: a batch is of one model`,
          'body.model',
        );
      this.#model = model;
    }
    const first = this.#ids.claim(record.custom_id, number);
    if (first === undefined) return undefined;
    const id = quoted(record.custom_id);
    return mistake(number, 'duplicate_custom_id', `has the custom_id ${id}, which is on line ${first}`, 'custom_id');
  }

  #otherUrl(number: number): CheckedLine {
    return mistake(number, 'url_mismatch', `is not for ${this.#rules.endpoint}, as its batch is`, 'url');
  }
}

/** What `BatchLine` takes, in a twentieth of its time: a million lines are looked at before a batch begins. The schema finds the words for the others. */
export function isRequest(value: unknown): value is BatchLine {
  if (!isObject(value) || !isObject(value.body)) return false;
  return (
    isName(value.custom_id, 512) &&
    value.method === 'POST' &&
    (value.url === '/v1/chat/completions' || value.url === '/v1/embeddings') &&
    isName(value.body.model, 256)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function mistake(line: number, code: string, what: string, param: string | null = null): CheckedLine {
  return { error: { code, message: `Line ${line} ${what}.`, line, param } };
}

const BRACE = 0x7b;

/** JSON's blanks and no others. */
function isBlank(bytes: Buffer): boolean {
  return bytes[0] !== BRACE && bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    // No JSON is undefined. What it says of the text is not passed on: it quotes the prompt.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
