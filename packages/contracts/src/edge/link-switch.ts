import * as z from '../zod.ts';

/** What a laptop's own link to its centre does: all of it, none of it, or with a delay. */
export const LinkSwitchMode = z.enum(['up', 'down', 'slow']);
export type LinkSwitchMode = z.infer<typeof LinkSwitchMode>;

/** `GET /v1/link`, and what a `POST /v1/link` with a `mode` answers: a laptop's own link, which can be cut by hand. Sites have no such thing. */
export const LinkSwitchView = z.object({ object: z.literal('link_switch'), mode: LinkSwitchMode });
export type LinkSwitchView = z.infer<typeof LinkSwitchView>;

export const LinkSwitchTurn = z.strictObject({ mode: LinkSwitchMode });
export type LinkSwitchTurn = z.infer<typeof LinkSwitchTurn>;
