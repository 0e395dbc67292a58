import type { GuardSummary } from '@plinth/contracts';
import { formatCount } from './numbers.ts';

/** Detectors by the last part of their name, in any case and spelling: `pii.email`, `EMAIL`, `creditCard`, `CREDIT_DEBIT_CARD_NUMBER`. */
const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  email: ['email address', 'email addresses'],
  phone: ['phone number', 'phone numbers'],
  creditcard: ['card number', 'card numbers'],
  creditdebitcardnumber: ['card number', 'card numbers'],
  usssn: ['social security number', 'social security numbers'],
  ussocialsecuritynumber: ['social security number', 'social security numbers'],
  iban: ['bank account number', 'bank account numbers'],
  internationalbankaccountnumber: ['bank account number', 'bank account numbers'],
  ipaddress: ['IP address', 'IP addresses'],
  secret: ['secret', 'secrets'],
  secrets: ['secret', 'secrets'],
  password: ['password', 'passwords'],
  name: ['name', 'names'],
  address: ['address', 'addresses'],
};

/** What the guard did, one sentence an entry, for the person who asked. */
export function guardSentences(guard: readonly GuardSummary[]): string[] {
  return guard.map(({ stage, action, detector, count }) => {
    const what = nameOf(detector, Math.max(1, count));
    if (action === 'blocked') {
      return stage === 'input' ? `Your message was stopped: ${what}.` : `The answer was stopped: ${what}.`;
    }
    return stage === 'input'
      ? `${capital(what)} removed from your message before the model saw it.`
      : `${capital(what)} removed from the answer before it reached you.`;
  });
}

/** What happened to turns that no longer fit, or undefined where all fitted. */
export function truncationSentence(messages: number): string | undefined {
  if (messages <= 0) return undefined;
  return messages === 1
    ? 'The oldest message was left out, so that this chat fits the model.'
    : `The ${formatCount(messages)} oldest messages were left out, so that this chat fits the model.`;
}

function nameOf(detector: string, count: number): string {
  if (detector === 'bedrock-guardrail') return 'text that Bedrock Guardrails does not allow';
  const parts = detector.split(/[.:/]/);
  const last = parts.at(-1) ?? detector;
  const noun = NOUNS[last.toLowerCase().replace(/[^a-z]/g, '')];
  if (noun !== undefined) return `${formatCount(count)} ${count === 1 ? noun[0] : noun[1]}`;
  const times = count === 1 ? '' : `, ${formatCount(count)} times`;
  const family = parts.length > 1 ? (parts[0] ?? '').toLowerCase() : '';
  if (/topic/.test(family)) return `text on the topic “${last}”${times}`;
  if (/secret/.test(family)) return `a secret (${readable(last)})${times}`;
  return `text that looks like “${readable(last)}”${times}`;
}

function readable(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
