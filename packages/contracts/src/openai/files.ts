import { filledText, whole } from '../bounds.ts';
import * as z from '../zod.ts';

/** What a file is for: requests somebody uploads, or what a batch wrote. */
export const FilePurpose = z.enum(['batch', 'batch_output']);
export type FilePurpose = z.infer<typeof FilePurpose>;

/** A file as `/v1/files` tells it. */
export const FileObject = z.object({
  id: filledText(64),
  object: z.literal('file'),
  bytes: whole(0, Number.MAX_SAFE_INTEGER),
  /** Seconds since the epoch. */
  created_at: z.int(),
  expires_at: z.optional(z.int()),
  filename: filledText(255),
  purpose: FilePurpose,
  /** OpenAI's clients read it. A file that was taken in is always processed. */
  status: z.literal('processed'),
});
export type FileObject = z.infer<typeof FileObject>;

export const FileList = z.object({
  object: z.literal('list'),
  data: z.array(FileObject),
  first_id: z.nullable(z.string()),
  last_id: z.nullable(z.string()),
  has_more: z.boolean(),
});
export type FileList = z.infer<typeof FileList>;

export const FileDeleted = z.object({ id: z.string(), object: z.literal('file'), deleted: z.boolean() });
export type FileDeleted = z.infer<typeof FileDeleted>;
