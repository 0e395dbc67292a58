import { PlatformError, type ErrorCode } from '@plinth/contracts';
import * as z from 'zod';
import { readRunFile } from '../laptop/run-file.ts';
import { readEvents } from '../rag/events.ts';
import { stateFolder } from '../workspace.ts';

/** Longest silence of the service, milliseconds: an answer of a small machine takes its time. */
const QUIET_MS = 120_000;
/** More than any answer of the API that is read whole. */
const ANSWER_BYTES = 256 * 1024 * 1024;

export interface PlatformOptions {
  readonly url?: string;
}

/** One of the platform's services, as its callers find it. */
export interface Service {
  readonly name: string;
  /** Where it is below the address of a platform on this machine. */
  readonly mount: string;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly json?: unknown;
  readonly form?: FormData;
  readonly signal?: AbortSignal;
  /** Longest it may take until it is answered, milliseconds. @default 120_000 */
  readonly longestMs?: number;
}

const ErrorBody = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) });

/** The API of a running platform, as its callers know it. */
export class PlatformApi {
  constructor(
    readonly url: string,
    private readonly apiKey: string,
    private readonly service: Service,
  ) {}

  /**
   * The platform that runs on this machine, or the one that `--url` or PLINTH_URL names: where the service's `/v1` is below. The key is PLINTH_API_KEY,
   * or the laptop's own.
   */
  static async find(
    variables: Record<string, string | undefined>,
    options: PlatformOptions,
    service: Service,
  ): Promise<PlatformApi> {
    const named = options.url ?? variables['PLINTH_URL'];
    const run = named === undefined ? await readRunFile(stateFolder(variables)) : undefined;
    const url = named ?? (run === undefined ? undefined : `${run.url}${service.mount}`);
    if (url === undefined)
      throw new PlatformError(
        'configuration',
        'Plinth does not run here. Start it with "npm start", or say where it is: --url or PLINTH_URL, with PLINTH_API_KEY.',
      );
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new PlatformError('configuration', `"${url}" is no address. Write for example ${exampleOf(service)}.`);
    // A key of this machine's platform goes to no other.
    const apiKey = variables['PLINTH_API_KEY'] ?? run?.apiKey;
    if (apiKey === undefined)
      throw new PlatformError(
        'configuration',
        'Set PLINTH_API_KEY to a key of that platform: "plinth keys create" makes one.',
      );
    return new PlatformApi(url.replace(/\/+$/, ''), apiKey, service);
  }

  /** One call whose answer is JSON of a known shape. */
  async json<T extends z.core.$ZodType>(path: string, schema: T, call: Call = {}): Promise<z.output<T>> {
    const response = await this.#send(path, call, AbortSignal.timeout(call.longestMs ?? QUIET_MS));
    const parsed = z.safeParse(schema, await readJson(response, path, this.service));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new PlatformError(
      'upstream_failed',
      `The answer of ${path} is not what this command knows (${issue!.path.join('.')}: ${issue!.message}). Are both of the same version?`,
    );
  }

  /** One call whose answer is bytes, read as they come; silence ends it. */
  async *bytes(path: string, call: Call): AsyncGenerator<Uint8Array> {
    const quiet = new AbortController();
    const timer = setTimeout(() => quiet.abort(tooQuiet(path)), QUIET_MS);
    try {
      const { body } = await this.#send(path, call, quiet.signal);
      for await (const chunk of body ?? []) {
        timer.refresh();
        yield chunk;
      }
    } catch (error) {
      throw quiet.signal.aborted ? quiet.signal.reason : unreachable(error, this.url);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One call answered by server-sent events; yields their data until `[DONE]`. */
  async *events(path: string, call: Call): AsyncGenerator<unknown> {
    const quiet = new AbortController();
    const timer = setTimeout(() => quiet.abort(tooQuiet(path)), QUIET_MS);
    try {
      const response = await this.#send(path, call, quiet.signal);
      for await (const data of readEvents(response.body, () => timer.refresh())) {
        if (data === '[DONE]') return;
        yield parseEvent(data, path);
      }
    } catch (error) {
      throw quiet.signal.aborted ? quiet.signal.reason : unreachable(error, this.url);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send(path: string, call: Call, timeout: AbortSignal): Promise<Response> {
    const { method = call.json === undefined && call.form === undefined ? 'GET' : 'POST', json, form } = call;
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
        redirect: 'error',
        signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
      });
    } catch (error) {
      throw unreachable(error, this.url);
    }
    if (!response.ok) throw await refusal(response, path, this.service);
    return response;
  }
}

async function readJson(response: Response, path: string, service: Service): Promise<unknown> {
  if (Number(response.headers.get('content-length') ?? 0) > ANSWER_BYTES)
    throw new PlatformError('upstream_failed', `The answer of ${path} is too large.`);
  try {
    return await response.json();
  } catch (error) {
    throw new PlatformError('upstream_failed', `The answer of ${path} is not JSON. Is this the ${service.name}?`, {
      cause: error,
    });
  }
}

function parseEvent(data: string, path: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new PlatformError('upstream_failed', `An event of ${path} is not JSON.`, { cause: error });
  }
}

function hintOf(status: number, service: Service): string {
  if (status === 401) return ' Set PLINTH_API_KEY to a key that this platform knows.';
  if (status === 404) return ` Is this the ${service.name}? On a laptop it is at ${exampleOf(service)}.`;
  return '';
}

const exampleOf = ({ mount }: Service) => `http://127.0.0.1:8080${mount}`;

async function refusal(response: Response, path: string, service: Service): Promise<PlatformError> {
  const body = ErrorBody.safeParse(await response.json().catch(() => undefined));
  const retry = Number(response.headers.get('retry-after'));
  const code: ErrorCode = response.status >= 500 ? 'upstream_failed' : 'upstream_rejected';
  const said = body.success
    ? body.data.error.message
    : `${path} answered ${response.status}.${hintOf(response.status, service)}`;
  const hint = body.success && response.status === 401 ? hintOf(401, service) : '';
  return new PlatformError(code, `${said}${hint}${retry > 0 ? ` Retry in ${retry} s.` : ''}`);
}

function unreachable(error: unknown, url: string): unknown {
  if (error instanceof PlatformError) return error;
  if (error instanceof Error && error.name === 'TimeoutError') return tooQuiet(url);
  if (error instanceof Error && error.name === 'AbortError') return new PlatformError('client_closed', 'Interrupted.');
  return new PlatformError(
    'upstream_failed',
    `Nothing answers at ${url}. "plinth status" tells whether the platform runs.`,
    {
      cause: error,
    },
  );
}

function tooQuiet(where: string): PlatformError {
  return new PlatformError('upstream_timeout', `${where} said nothing for ${QUIET_MS / 1_000} seconds. Try again.`);
}
