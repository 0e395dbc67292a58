import * as z from 'zod';

/** What the local guard does with each detector's finding. `off` leaves it alone. */
const action = z.enum(['off', 'redact', 'block']);

/** The local guard's policy. The defaults are the secure choice. */
export const GuardPolicy = z.object({
  pii: z
    .object({
      email: action.default('redact'),
      phone: action.default('redact'),
      creditCard: action.default('redact'),
      usSsn: action.default('redact'),
      iban: action.default('redact'),
      ipAddress: action.default('off'),
    })
    .prefault({}),
  secrets: action.default('block'),
  deniedTopics: z
    .array(
      z.object({
        name: z.string().min(1).max(64),
        /** Whole words or phrases, matched without regard to case or accents. */
        phrases: z.array(z.string().min(2).max(120)).min(1).max(200),
        action: z.enum(['redact', 'block']).default('block'),
      }),
    )
    .max(30)
    .default([]),
});
export type GuardPolicy = z.infer<typeof GuardPolicy>;
