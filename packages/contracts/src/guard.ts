import { filledListOf, filledText, listOf } from './bounds.ts';
import * as z from './zod.ts';

/** What the local guard does with each detector's finding. `off` leaves it alone. */
const action = z.enum(['off', 'redact', 'block']);

/** The local guard's policy. The defaults are the secure choice. */
export const GuardPolicy = z.object({
  pii: z.prefault(
    z.object({
      email: z._default(action, 'redact'),
      phone: z._default(action, 'redact'),
      creditCard: z._default(action, 'redact'),
      usSsn: z._default(action, 'redact'),
      iban: z._default(action, 'redact'),
      ipAddress: z._default(action, 'off'),
    }),
    {},
  ),
  secrets: z._default(action, 'block'),
  /** Orders to a model in documents that were found for a question. What callers write is theirs to say. */
  injection: z._default(action, 'block'),
  deniedTopics: z._default(
    listOf(
      z.object({
        name: filledText(64),
        /** Whole words or phrases, matched without regard to case or accents. */
        phrases: filledListOf(z.string().check(z.minLength(2), z.maxLength(120)), 200),
        action: z._default(z.enum(['redact', 'block']), 'block'),
      }),
      30,
    ),
    [],
  ),
});
export type GuardPolicy = z.infer<typeof GuardPolicy>;
