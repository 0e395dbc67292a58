export * from './app.ts';
export * from './compose.ts';
export { serveConsole } from './console-files.ts';
