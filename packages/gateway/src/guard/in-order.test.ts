import { GuardPolicy } from '@plinth/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardsInOrder } from './in-order.ts';
import { createLocalGuard } from './local/index.ts';

const redacts = createLocalGuard(GuardPolicy.parse({ secrets: 'off' }));
const blocks = createLocalGuard(
  GuardPolicy.parse({
    pii: { email: 'off' },
    deniedTopics: [{ name: 'secret', phrases: ['project zephyr'], action: 'block' }],
  }),
);
const signal = new AbortController().signal;

async function send(pieces: readonly string[]): Promise<{ text: string; blocked: boolean }> {
  const guard = guardsInOrder(redacts, blocks).openOutput({ signal });
  let text = '';
  for (const piece of pieces) {
    const cleared = await guard.push(piece);
    text += cleared.text;
    if (cleared.blocked) return { text, blocked: true };
  }
  const last = await guard.end();
  return { text: text + last.text, blocked: last.blocked };
}

describe('two guards in order', () => {
  it('both act on one answer, wherever it is cut', async () => {
    const whole = 'Write to ann@example.com today, not about project zephyr please.';
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (size) => {
        const sent = await send(whole.match(new RegExp(`.{1,${size}}`, 'g')) ?? []);
        expect(sent).toEqual({ text: 'Write to [EMAIL] today, not about ', blocked: true });
      }),
    );
  });

  it('tell what each of them found', async () => {
    const checked = await guardsInOrder(redacts, blocks).checkInput(
      [{ role: 'user', content: 'ann@example.com on project zephyr' }],
      { signal },
    );
    expect(checked.blocked).toBe(true);
    expect(checked.findings.map((finding) => finding.detector)).toEqual(['email', 'topic:secret']);
  });
});
