import type { BundledModel, CatalogModel } from '@plinth/contracts';
import { keepsData } from '@plinth/gateway';

/** Longest a look may take, milliseconds. */
const LOOK_MS = 3_000;
/** Longest one word of a model may take, milliseconds: one that is busy answers in its turn. */
const WORD_MS = 60_000;

interface Server {
  readonly baseUrl: string;
  readonly modelId: string;
}

/** The servers of models on site. One of those of each model must do. */
function serversOf(
  catalog: readonly CatalogModel[],
): { readonly model: string; readonly servers: readonly Server[] }[] {
  return catalog.filter(keepsData).map(({ id, target }) => {
    const targets =
      target.kind === 'pools'
        ? target.pools.filter(({ local }) => local).flatMap(({ members }) => members.map((member) => member.target))
        : [target];
    return { model: id, servers: targets.filter((each) => each.kind === 'openai') };
  });
}

/** What is wrong with the models on site; undefined when each has a server that is ready, with the weights of the bundle. */
export async function modelProblem(
  catalog: readonly CatalogModel[],
  weights: readonly BundledModel[],
  signal: AbortSignal,
): Promise<string | undefined> {
  return firstProblem(catalog, (server) => isReady(server, weights, signal));
}

/** The same, and whether each of them says a word: a server that listens is not yet a model that answers. */
export async function modelSilence(catalog: readonly CatalogModel[], signal: AbortSignal): Promise<string | undefined> {
  return firstProblem(catalog, (server) => speaks(server, signal));
}

async function firstProblem(
  catalog: readonly CatalogModel[],
  problemOf: (server: Server) => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const { model, servers } of serversOf(catalog)) {
    const problems = await Promise.all(servers.map(problemOf));
    if (servers.length > 0 && !problems.includes(undefined)) return `The model "${model}" ${problems[0]}.`;
  }
  return undefined;
}

async function isReady({ baseUrl, modelId }: Server, weights: readonly BundledModel[], signal: AbortSignal) {
  const response = await fetch(new URL('/health', baseUrl), { signal: soon(signal, LOOK_MS) }).catch(() => undefined);
  if (response === undefined) return 'does not answer';
  const text = await response.text().catch(() => '');
  if (!response.ok) return `is not ready (${response.status})`;
  const wanted = weights.find(({ name }) => name === modelId);
  const served = wanted && weightsIn(text);
  if (served === undefined || served.every((each) => wanted!.files.some(({ sha256 }) => sha256 === each)))
    return undefined;
  return 'still serves the weights of another bundle';
}

/** Weights a server says it serves; undefined for servers that say nothing of it, such as vLLM. */
function weightsIn(text: string): readonly string[] | undefined {
  try {
    const { weights } = JSON.parse(text) as { weights?: unknown };
    return Array.isArray(weights) ? weights.map(String) : undefined;
  } catch {
    return undefined;
  }
}

async function speaks({ baseUrl, modelId }: Server, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(new URL('/v1/chat/completions', baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: modelId, max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: soon(signal, WORD_MS),
  }).catch(() => undefined);
  await response?.body?.cancel();
  if (response === undefined) return 'does not answer a question';
  // A model with all places taken does well.
  return response.ok || response.status === 429 || response.status === 503 ? undefined : `fails (${response.status})`;
}

const soon = (signal: AbortSignal, ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
