import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

/** Oldest version of each runtime that AWS still patches, as of July 2026. */
const OLDEST: Readonly<Record<string, string>> = {
  nodejs: '22',
  python: '3.11',
  java: '17',
  dotnet: '8',
  ruby: '3.3',
};

export const lambdaRuntime = defineRule({
  id: 'lambda-supported-runtime',
  requirement: 4,
  pack: 'baseline',
  title: 'Functions run on a runtime AWS still patches',
  description: 'After its end date a runtime gets no security fixes, and later its functions can no longer be updated.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Use nodejs22.x or newer.',
  source: { controls: ['Lambda.1'], url: securityHub('lambda', 'Lambda.1') },
  types: ['aws:lambda/function:Function'],
  check(fn, report) {
    const packageType = fn.packageType ?? 'Zip';
    if (!isUnknown(packageType) && packageType === 'Image') return;
    judge(fn.runtime, report, isSupported, `The runtime is ${isUnknown(fn.runtime) ? '' : (fn.runtime ?? 'not set')}.`);
  },
});

function isSupported(runtime: string | undefined): boolean {
  if (runtime === undefined) return false;
  if (runtime.startsWith('provided.')) return runtime !== 'provided.al2';
  const [, family = '', version = ''] = /^([a-z]+)([\d.]+)/.exec(runtime) ?? [];
  const oldest = OLDEST[family];
  return oldest !== undefined && !isOlder(version, oldest);
}

/** Compares dotted versions number by number: 3.9 is older than 3.11. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').filter(Boolean).map(Number));
  const [majorA = 0, minorA = 0] = a ?? [];
  const [majorB = 0, minorB = 0] = b ?? [];
  return majorA !== majorB ? majorA < majorB : minorA < minorB;
}
