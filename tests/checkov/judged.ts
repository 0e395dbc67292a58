import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rules of ours and checks of Checkov's that ask the same, from README.md. */
export function agreements(): { rule: string; check: string }[] {
  return rows('## Where both ask the same').map(([rule = '', check = '']) => ({ rule, check }));
}

/** Checks that fail on our stacks though our packs have nothing against them, from README.md, each with why. */
export function differences(): { check: string; type: string; why: string }[] {
  return rows('## Where they differ').map(([check = '', type = '', , why = '']) => ({ check, type, why }));
}

function rows(heading: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const section = text.split(`${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| |\|$|`/g, '').trim()));
}
