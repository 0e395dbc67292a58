import { readFile } from 'node:fs/promises';

/** Single files of the AWS SDK that a function needs little or nothing of, and what its bundle holds in their place. */
const FILES = [
  {
    // Read for the version in the user agent, and bundled whole otherwise: scripts, dependencies and all.
    filter: /\/@aws-sdk\/client-[^/]+\/package\.json$/,
    loader: 'json',
    contents: async (path) => JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
  },
  {
    // What Bedrock's client makes when it is given no handler. Ours is given the HTTP/1.1 one: see packages/models/src/bedrock/runtime.ts.
    filter: /\/@smithy\/node-http-handler\/dist-es\/node-http2-handler\.js$/,
    loader: 'js',
    contents: () => `export { NodeHttpHandler as NodeHttp2Handler } from './node-http-handler.js';`,
  },
  {
    // SHA-256 in JavaScript, for a Node built without OpenSSL; Lambda's has it, and Sha256Node.js asks it first.
    filter: /\/@smithy\/core\/dist-es\/submodules\/checksum\/sha256\/Sha256Js\.js$/,
    loader: 'js',
    contents: () => `export class Sha256Js {
      constructor() {
        throw new Error('This bundle signs by the SHA-256 of node:crypto.');
      }
    }`,
  },
];

/** An esbuild plugin. A file that moves in a later SDK is bundled whole again: larger, never wrong. */
export const sdkFiles = {
  name: 'sdk-files',
  setup(build) {
    for (const { filter, loader, contents } of FILES)
      build.onLoad({ filter }, async ({ path }) => ({ contents: await contents(path), loader }));
  },
};
