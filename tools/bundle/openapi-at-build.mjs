import { build as esbuild } from 'esbuild';

/**
 * An esbuild plugin: a service's OpenAPI document is the same at every start, so src/openapi.ts is run when the bundle is made, and the
 * bundle holds the document in place of the code that turns schemas into JSON Schema (zod's converter, three times its size).
 */
export const openApiAtBuild = {
  name: 'openapi-at-build',
  setup(build) {
    build.onLoad({ filter: /\/src\/openapi\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await esbuild({
        entryPoints: [path],
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
      });
      const code = Buffer.from(outputFiles[0].contents).toString('base64');
      const { openApiDocument } = await import(`data:text/javascript;base64,${code}`);
      return { contents: `export const openApiDocument = () => (${JSON.stringify(openApiDocument())});`, loader: 'js' };
    });
  },
};
