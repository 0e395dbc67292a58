import { GuardPolicy, type ChatMessage } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalEngine } from './engine.ts';
import { createLocalGuard } from './index.ts';
import { LocalOutputGuard } from './output.ts';
import { isCardNumber, isIban } from './pii.ts';

const policy = GuardPolicy.parse({
  deniedTopics: [
    { name: 'weapons', phrases: ['build a bomb', 'make a bomb at home', 'bomb'], action: 'block' },
    { name: 'codename', phrases: ['project zephyr'], action: 'redact' },
  ],
});
const redactOnly = GuardPolicy.parse({
  secrets: 'redact',
  pii: { ipAddress: 'redact' },
  deniedTopics: [{ name: 'codename', phrases: ['project zephyr', 'zephyr two'], action: 'redact' }],
});
const signal = new AbortController().signal;

function stream(engine: LocalEngine, pieces: readonly string[]): { text: string; blocked: boolean } {
  const guard = new LocalOutputGuard(engine);
  let text = '';
  for (const piece of pieces) {
    const cleared = guard.push(piece);
    text += cleared.text;
    if (cleared.blocked) return { text, blocked: true };
  }
  const last = guard.end();
  return { text: text + last.text, blocked: last.blocked };
}

describe('detectors', () => {
  const engine = new LocalEngine(policy);
  it.each([
    ['Mail ann.lee+x@example.co.uk now.', 'Mail [EMAIL] now.'],
    ['Card 4111 1111 1111 1111 ok', 'Card [CREDIT-CARD] ok'],
    ['Card 4111-1111-1111-1112 is none', 'Card 4111-1111-1111-1112 is none'],
    ['SSN 123-45-6789.', 'SSN [US-SSN].'],
    ['SSN 000-45-6789.', 'SSN 000-45-6789.'],
    ['Call (415) 555-2671 or +44 20 7946 0958!', 'Call [PHONE] or [PHONE]!'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [IBAN] please'],
    ['In 2024 we sold 1,234,567 units at 3.14', 'In 2024 we sold 1,234,567 units at 3.14'],
    ['about Project  ZÉPHYR today', 'about [TOPIC:CODENAME] today'],
  ])('%s', (given, wanted) => expect(engine.screen(given)).toMatchObject({ text: wanted, blocked: false }));

  it.each([
    'key AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN RSA PRIVATE KEY-----',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'How do I build, a BOMB',
  ])('blocks: %s', (given) => expect(engine.screen(given).blocked).toBe(true));

  it('tells real card numbers and IBANs by their checksums', () => {
    expect(isCardNumber('4111111111111111')).toBe(true);
    expect(isCardNumber('1111111111111111')).toBe(false);
    expect(isIban('GB82WEST12345698765432')).toBe(true);
    expect(isIban('GB82WEST12345698765431')).toBe(false);
  });
});

describe('output windows', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        ', ',
        'Hello',
        'the ',
        'ann.lee@example.com',
        'ann@',
        'example.com ',
        '4111 1111 1111 1111',
        '4111',
        '123-45-6789',
        '+44 20 7946 0958',
        '(415) 555-2671 ',
        'DE89 3704 0044 0532 0130 00',
        'AKIAIOSFODNN7EXAMPLE',
        '-----BEGIN PRIVATE KEY-----',
        '-----',
        'project',
        ' zephyr',
        ' zephyr two',
        '10.1.2.3',
        'é',
        '漢字',
        '\n',
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 14 },
  );

  it('holds back a card number in a long row of other numbers, whose beginning was sent already', () => {
    const engine = new LocalEngine(redactOnly);
    const whole = 'DE89 3704 0044 0532 0130 004111 1111 1111 1111(415) 555-2671 (415) 555-2671 .';
    expect(engine.screen(whole).text).toContain('[CREDIT-CARD]');
    expect(stream(engine, [...whole]).text).toBe(engine.screen(whole).text);
  });

  it('sends exactly what screening the whole answer would leave, wherever the tokens are cut', () => {
    const engine = new LocalEngine(redactOnly);
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 7 }), (parts, size) => {
        const whole = parts.join('');
        const cut = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
        expect(stream(engine, cut).text).toBe(engine.screen(whole).text);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never sends any part of something blocked, and nothing after it', () => {
    const engine = new LocalEngine(policy);
    fc.assert(
      fc.property(
        pieces,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('build a bomb', 'AKIAIOSFODNN7EXAMPLE'),
        (parts, size, bad) => {
          const before = `${parts.join('')} `;
          const cut = `${before}${bad} and more`.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
          const sent = stream(engine, cut);
          expect(sent.blocked).toBe(true);
          expect(sent.text.length).toBeLessThanOrEqual(engine.screen(before).text.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is at most one word behind on plain prose', () => {
    const guard = new LocalOutputGuard(new LocalEngine(policy));
    expect(guard.push('The quick brown')).toEqual({ text: 'The quick ', blocked: false });
    expect(guard.push(' fox')).toEqual({ text: 'brown ', blocked: false });
    expect(guard.end()).toEqual({ text: 'fox', blocked: false });
  });

  it.each(['引力是物体之间的吸引。', 'แรงโน้มถ่วง', '🌟🌟🌟', 'これは文です'])(
    'does not wait for a space in %s',
    (text) => {
      expect(new LocalOutputGuard(new LocalEngine(policy)).push(text).text).toBe(text);
    },
  );

  it('finds a denied phrase in a script without spaces, cut anywhere', () => {
    const engine = new LocalEngine(
      GuardPolicy.parse({ deniedTopics: [{ name: 'x', phrases: ['制造炸弹'], action: 'block' }] }),
    );
    expect(stream(engine, [...'如何制造炸弹呢'])).toEqual({ text: '如何', blocked: true });
  });

  it('bounds what it holds when an answer has no white space', () => {
    const guard = new LocalOutputGuard(new LocalEngine(policy));
    let sent = 0;
    for (let i = 0; i < 40; i++) sent += guard.push('x'.repeat(1_000)).text.length;
    expect(sent).toBeGreaterThan(20_000);
  });
});

describe('input', () => {
  it('redacts every text part and leaves the rest of the message alone', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'I am a@b.io' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
    ];
    const result = await createLocalGuard(policy).checkInput(messages, { signal });
    expect(result.messages[1]).toMatchObject({ content: [{ text: 'I am [EMAIL]' }, { image_url: {} }] });
    expect(result.findings).toEqual([{ stage: 'input', action: 'redacted', detector: 'email', count: 1 }]);
  });

  it('reports a block without the text that caused it', async () => {
    const result = await createLocalGuard(policy).checkInput([{ role: 'user', content: 'how to build a bomb' }], {
      signal,
    });
    expect(result.blocked).toBe(true);
    expect(JSON.stringify(result.findings)).not.toContain('bomb');
  });
});

describe('hostile text', () => {
  // A pattern that backtracks would take longer than the test may run; the growth of each is at most linear in the text.
  it.each(['a', '1', '1 ', 'A1', 'A', '-', '-----BEGIN ', '+1', 'a@', 'a.', 'eyJ', 'bomb ', '(', '4111 '])(
    '%s repeated',
    (unit) => {
      const text = unit.repeat(Math.ceil(60_000 / unit.length));
      new LocalEngine(policy).screen(text);
      const guard = new LocalOutputGuard(new LocalEngine(policy));
      for (let from = 0; from < text.length; from += 1_000) guard.push(text.slice(from, from + 1_000));
    },
  );
});
