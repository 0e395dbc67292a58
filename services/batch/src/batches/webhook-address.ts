import { PlatformError } from '@plinth/contracts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Refuses an address to which what a batch is about would travel in the clear. */
export function requireWebhookAddress(address: string | undefined): void {
  if (address === undefined) return;
  const { protocol, hostname, username, password } = new URL(address);
  const safe = protocol === 'https:' || LOOPBACK.test(hostname);
  if (safe && username === '' && password === '') return;
  throw new PlatformError('invalid_request', 'A webhook is https, or on this machine; without a user or password.', {
    param: 'plinth.webhook',
  });
}
