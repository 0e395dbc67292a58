import { patternDetector, type Detector } from './detector.ts';

/** Credentials that announce themselves. Sources: each provider's published key format. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'secret:aws-access-key': /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g,
  'secret:private-key': /-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
  'secret:github-token': /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255})/g,
  'secret:slack-token': /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,255}/g,
  'secret:stripe-key': /(?<![A-Za-z0-9_])[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g,
  'secret:google-api-key': /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g,
  'secret:openai-key': /(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{20,255}/g,
  'secret:plinth-key': /(?<![A-Za-z0-9_])plinth_[a-z0-9]{16}_[A-Za-z0-9_-]{43}/g,
  'secret:jwt': /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}/g,
};

export function secretDetectors(action: 'off' | 'redact' | 'block'): Detector[] {
  if (action === 'off') return [];
  return Object.entries(PATTERNS).map(([name, pattern]) => patternDetector(name, action, pattern));
}
