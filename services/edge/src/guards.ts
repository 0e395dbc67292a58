import type { LinkState } from '@plinth/edge';
import type { ChatGateway, Guard, Identify } from '@plinth/gateway';

/** A guard that needs the link where there is one, and the site's own where there is none. */
export function guardByLink(link: Pick<LinkState, 'up'>, online: Guard, offline: Guard): Guard {
  const now = () => (link.up ? online : offline);
  return {
    get leavesSite() {
      return now().leavesSite === true;
    },
    checkInput: (messages, options) => now().checkInput(messages, options),
    openOutput: (options) => now().openOutput(options),
  };
}

/** Sends requests whose data stays on site by the path on which nothing leaves it, guards included, and all others by the usual one. */
export function gatewayByData(identify: Identify, usual: ChatGateway, near: ChatGateway): ChatGateway {
  return async (call) => {
    // Who is nobody is told so by the path itself, which leaves a record of it.
    const identity = await identify(call.authorization).catch(() => undefined);
    return identity?.dataStays === true || saysLocal(call.body) ? near(call) : usual(call);
  };
}

function saysLocal(body: Uint8Array): boolean {
  try {
    const { route } = JSON.parse(Buffer.from(body).toString('utf8')) as { route?: { data?: unknown } };
    return route?.data === 'local';
  } catch {
    return false;
  }
}
