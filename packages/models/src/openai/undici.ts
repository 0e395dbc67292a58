/** The only eager import of undici: it is loaded at a model's first call, so that a front without such a model does not pay for it. */
export { Pool } from 'undici';
