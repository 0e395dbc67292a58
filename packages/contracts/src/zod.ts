import { en } from 'zod/locales';
import { config } from 'zod/mini';

/**
 * zod in its functional form, which is what bundles carry: a third of the whole of it. It comes without words, so the messages that
 * contracts promise are set here, for every schema of the process.
 */
config(en());

export * from 'zod/mini';
