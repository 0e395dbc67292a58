import { Annotation } from '@plinth/contracts';
import * as z from 'zod';

/** What the commands read of the API's answers (docs/decisions/0007); what they do not know passes through. */
export const AnswerChunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z.looseObject({ content: z.string().nullish(), annotations: z.array(Annotation).nullish() }),
      }),
    )
    .default([]),
  plinth: z
    .looseObject({
      answer_id: z.string().nullish(),
      groundedness: z.number().nullish(),
      abstained: z.boolean().nullish(),
    })
    .nullish(),
  error: z.looseObject({ message: z.string() }).optional(),
});

export const ModelList = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

export const Document = z.looseObject({
  id: z.string(),
  version: z.int(),
  state: z.enum(['queued', 'running', 'indexed', 'failed']),
  reason: z.string().nullish(),
  title: z.string().default(''),
  groups: z.array(z.string()).default([]),
  passages: z.int().default(0),
  progress: z.object({ step: z.string(), done: z.number(), total: z.number() }).nullish(),
});
export type Document = z.infer<typeof Document>;
export const DocumentPage = z.looseObject({
  data: z.array(Document),
  has_more: z.boolean().default(false),
  last_id: z.string().nullish(),
});
export const Accepted = z.looseObject({
  id: z.string(),
  version: z.int(),
  state: z.string(),
  unchanged: z.boolean().optional(),
});
