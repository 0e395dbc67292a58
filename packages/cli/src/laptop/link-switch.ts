import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  LinkSwitchTurn,
  PlatformError,
  toOpenAIError,
  type LinkSwitchMode,
  type LinkSwitchView,
} from '@plinth/contracts';
import type { LinkMode, TcpLink } from '@plinth/local/link';

export interface LinkSwitchOptions {
  readonly link: TcpLink;
  readonly host: string;
  readonly port: number;
  /** Who may turn it: whoever has the laptop's own key. */
  readonly apiKey: string;
}

const MODES: Readonly<Record<LinkSwitchMode, LinkMode>> = {
  up: { kind: 'open' },
  down: { kind: 'cut' },
  slow: { kind: 'delay', ms: 300 },
};
const BODY_BYTES = 1_024;

/** GET and POST /v1/link: how a laptop's own link is, and what cuts and mends it. On the loopback address, for a person to watch what a site does. */
export async function serveLinkSwitch({ link, host, port, apiKey }: LinkSwitchOptions) {
  const view = (): LinkSwitchView => {
    const [mode = 'up'] = Object.keys(MODES).filter((each) => MODES[each as LinkSwitchMode].kind === link.mode.kind);
    return { object: 'link_switch', mode: mode as LinkSwitchMode };
  };
  const answer = async (request: IncomingMessage): Promise<LinkSwitchView> => {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${apiKey}`))
      throw new PlatformError('invalid_api_key', 'The link is turned with the development key of this laptop alone.');
    if (request.url !== '/v1/link') throw new PlatformError('not_found', 'There is nothing here but /v1/link.');
    if (request.method === 'POST') link.mode = MODES[(await turnOf(request)).mode];
    return view();
  };
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    answer(request).then(
      (shown) => send(200, shown),
      (thrown: unknown) => {
        const error = PlatformError.from(thrown);
        send(error.status, toOpenAIError(error, ''));
      },
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function turnOf(request: IncomingMessage): Promise<LinkSwitchTurn> {
  let text = '';
  for await (const chunk of request) {
    text += (chunk as Buffer).toString('latin1');
    if (text.length > BODY_BYTES) throw new PlatformError('request_too_large', 'Send {"mode":"up"|"down"|"slow"}.');
  }
  try {
    return LinkSwitchTurn.parse(JSON.parse(text));
  } catch {
    throw new PlatformError('invalid_request', 'Send {"mode":"up"|"down"|"slow"}.', { param: 'mode' });
  }
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
