// What a Lambda sandbox does with a function that answers whole: node lambda-sandbox.mjs <bundle> < event.json, whose answer goes to
// file descriptor 3. Standard output is the function's log.
import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);
const end = Date.now() + 120_000;
const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => end - Date.now() };
const answer = await handler(JSON.parse(await text(process.stdin)), context).catch((error) => ({
  errorType: error.name,
  errorMessage: error.message,
}));
writeSync(3, JSON.stringify(answer));
process.exit(0);
