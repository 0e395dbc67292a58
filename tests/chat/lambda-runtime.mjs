// What a Lambda sandbox does with one invocation of a streaming handler: node lambda-runtime.mjs <bundle> < event.json > stream.
// The stream is framed as Lambda frames it for API Gateway (application/vnd.awslambda.http-integration-response): the metadata as
// JSON, eight NUL bytes, then the body as it is written.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    from(stream, metadata) {
      stream.write(JSON.stringify(metadata));
      stream.write(new Uint8Array(8));
      return stream;
    },
  },
};

const { handler } = await import(pathToFileURL(process.argv[2]).href);
const event = JSON.parse(await text(process.stdin));
const response = new Writable({ write: (chunk, _encoding, done) => void process.stdout.write(chunk, done) });
const finished = once(response, 'finish');
await handler(event, response, { awsRequestId: 'test', getRemainingTimeInMillis: () => 60_000 });
await finished;
// The sandbox is frozen after an answer, not ended: what still runs (upkeep timers, connections) does not hold it up.
process.exit(0);
