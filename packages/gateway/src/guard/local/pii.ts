import type { GuardPolicy } from '@plinth/contracts';
import { patternDetector, type Detector } from './detector.ts';

/** Personal data that has a shape. Every pattern is linear in the text: no nested repeats over the same characters. */
export function piiDetectors(policy: GuardPolicy['pii']): Detector[] {
  const all = [
    {
      name: 'email',
      action: policy.email,
      pattern:
        /[A-Za-z0-9\u00c0-\u058f._%+-]{1,64}@[A-Za-z0-9\u00c0-\u058f-]{1,63}(?:\.[A-Za-z0-9\u00c0-\u058f-]{1,63}){1,8}/g,
    },
    {
      name: 'iban',
      action: policy.iban,
      pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
      accept: isIban,
    },
    {
      name: 'credit-card',
      action: policy.creditCard,
      pattern: /(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g,
      accept: isCardNumber,
    },
    {
      name: 'us-ssn',
      action: policy.usSsn,
      pattern: /(?<![\d-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/g,
    },
    {
      name: 'phone',
      action: policy.phone,
      // Written as a phone number: a country code, or an area code with separators. Bare digit strings are left alone.
      pattern:
        /(?<![\w.+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){1,4}|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|\d{3} \d{3} \d{4})(?![\w-])/g,
      accept: (match: string) => {
        const digits = match.replace(/\D/g, '').length;
        return digits >= 8 && digits <= 15;
      },
    },
    {
      name: 'ip-address',
      action: policy.ipAddress,
      pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/g,
    },
  ];
  return all.flatMap(({ name, action, pattern, accept }) =>
    action === 'off' ? [] : [patternDetector(name, action, pattern, accept)],
  );
}

/** The Luhn checksum (ISO/IEC 7812-1) over 13 to 19 digits. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (digits.length < 13 || digits.length > 19 || /^(\d)\1*$/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the country and check digits moved to the end, letters as numbers, remainder 1 modulo 97. */
export function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  if (compact.length < 15 || compact.length > 34) return false;
  const moved = compact.slice(4) + compact.slice(0, 4);
  let remainder = 0;
  for (const character of moved) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
