import { filledText, whole } from '../bounds.ts';
import * as z from '../zod.ts';
import { FileObject } from './files.ts';

const bytes = whole(1, Number.MAX_SAFE_INTEGER);
const filename = filledText(255);

/** POST /v1/uploads. */
export const UploadCreate = z.object({
  bytes,
  filename,
  purpose: z.literal('batch'),
  mime_type: z.optional(filledText(127)),
});
export type UploadCreate = z.infer<typeof UploadCreate>;

/** What is kept of an upload until it is a file. Times in milliseconds. */
export const UploadState = z.object({ id: filledText(64), bytes, filename, createdAt: z.int(), expiresAt: z.int() });
export type UploadState = z.infer<typeof UploadState>;

/** An upload as `/v1/uploads` tells it. Times in seconds since the epoch. */
export const UploadObject = z.object({
  id: z.string(),
  object: z.literal('upload'),
  bytes: z.int(),
  filename: z.string(),
  purpose: z.literal('batch'),
  status: z.enum(['pending', 'completed', 'cancelled']),
  created_at: z.int(),
  expires_at: z.int(),
  file: z.nullable(FileObject),
  /** Ours, of a pending one: the file is sent here as it is, by PUT and with these headers. */
  plinth: z.optional(z.object({ put_url: z.string(), headers: z.record(z.string(), z.string()), expires_at: z.int() })),
});
export type UploadObject = z.infer<typeof UploadObject>;
