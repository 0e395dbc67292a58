import type { CatalogModel, ModelFeature } from '@plinth/contracts';
import { createSageMakerModel, createSageMakerRuntime } from '../sagemaker/index.ts';
import { bedrockError, eventMessage, eventStreamAnswer } from './bedrock-wire.ts';
import type { ContractHarness, RefusalKind } from './contract-script.ts';
import { openaiCatalogModel, openaiHarness } from './openai-harness.ts';
import type { WireAnswer, WireServer } from './wire-server.ts';

/** The container's OpenAI bytes inside SageMaker's framing, under the real SDK. */
export const sagemakerHarness: ContractHarness = {
  name: 'sagemaker',
  features: openaiHarness.features,
  connect: (server, limits = {}) =>
    createSageMakerModel(sagemakerCatalogModel(), {
      client: sagemakerRuntimeFor(server),
      maxResponseBytes: 128 * 1024 * 1024,
      ...limits,
    }),
  encode(script, isStream) {
    if (!isStream) return openaiHarness.encode(script, false);
    const { ending } = script;
    const said = openaiHarness.encode(ending === 'error' ? { ...script, ending: 'early-end' } : script, true);
    const answer = eventStreamAnswer(framed(said.chunks, ending === 'error'), said.ending);
    return { ...answer, headers: { ...answer.headers, 'x-amzn-sagemaker-content-type': 'text/event-stream' } };
  },
  refuse: (kind) => REFUSALS[kind],
};

export function sagemakerCatalogModel(
  target: Partial<Extract<CatalogModel['target'], { kind: 'sagemaker' }>> = {},
  features: readonly ModelFeature[] = openaiHarness.features,
): CatalogModel {
  return {
    ...openaiCatalogModel('http://unused', features),
    target: { kind: 'sagemaker', endpointName: 'scripted', modelId: 'scripted', ...target },
  };
}

/** A real SDK client pointed at a test server, with made-up credentials. */
export function sagemakerRuntimeFor(server: Pick<WireServer, 'url'>) {
  return createSageMakerRuntime({
    region: 'us-east-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

function* framed(chunks: Iterable<Uint8Array>, fails: boolean): Generator<Uint8Array> {
  for (const chunk of chunks) yield eventMessage('event', 'PayloadPart', chunk);
  if (fails) yield eventMessage('exception', 'ModelStreamError', { Message: 'engine died', ErrorCode: 'StreamBroken' });
}

/** The container's refusal, the way SageMaker hands it over. */
function modelError(kind: RefusalKind): WireAnswer {
  const { status, chunks } = openaiHarness.refuse(kind);
  const said = Buffer.concat([...chunks]).toString('utf8');
  return sagemakerError(424, 'ModelError', {
    Message: `Received client error (${status}) from primary with message "${said}".`,
    OriginalStatusCode: status,
    OriginalMessage: said,
    LogStreamArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/scripted',
  });
}

function sagemakerError(status: number, name: string, body: Record<string, unknown>, headers = {}): WireAnswer {
  return { ...bedrockError(status, name, '', headers), chunks: [Buffer.from(JSON.stringify(body))] };
}

const REFUSALS: Record<RefusalKind, WireAnswer> = {
  throttled: sagemakerError(429, 'ThrottlingException', { Message: 'Rate exceeded' }, { 'retry-after': '7' }),
  overloaded: modelError('overloaded'),
  'too-long': modelError('too-long'),
  invalid: modelError('invalid'),
  denied: sagemakerError(403, 'AccessDeniedException', {
    Message: 'not authorized to perform: sagemaker:InvokeEndpoint',
  }),
  'unknown-model': sagemakerError(400, 'ValidationError', { Message: 'Endpoint x of account 000000000000 not found.' }),
  failed: modelError('failed'),
  garbage: { status: 502, headers: { 'content-type': 'text/html' }, chunks: [Buffer.from('<html>Bad Gateway</html>')] },
};
