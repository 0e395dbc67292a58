import type { GuardPolicy } from '@plinth/contracts';
import { Findings } from '../findings.ts';
import type { Guard } from '../guard.ts';
import { mapMessageText } from '../message-text.ts';
import { LocalEngine } from './engine.ts';
import { LocalOutputGuard } from './output.ts';

/** The moderation engine that runs everywhere, in process: personal data, secrets and denied topics by policy. */
export function createLocalGuard(policy: GuardPolicy): Guard {
  const engine = new LocalEngine(policy);
  return {
    checkInput(messages, { origin }) {
      const findings = new Findings('input');
      let blocked = false;
      let changed = false;
      const screen = (text: string): string => {
        const result = origin === 'document' ? engine.screenDocument(text) : engine.screen(text);
        for (const { detector } of result.matches)
          findings.add(detector.name, detector.action === 'block' ? 'blocked' : 'redacted');
        blocked ||= result.blocked;
        changed ||= result.matches.length > 0;
        return result.text;
      };
      const screened = messages.map((message) => mapMessageText(message, screen));
      return { messages: changed ? screened : messages, findings: findings.list(), blocked };
    },
    openOutput: () => new LocalOutputGuard(engine),
  };
}
