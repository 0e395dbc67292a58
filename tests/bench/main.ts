import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBatching } from './batching.ts';
import { benchBatchPriority } from './batch-priority.ts';
import { benchBundle } from './bundle.ts';
import { benchCranfield } from './cranfield.ts';
import { benchGateway } from './gateway.ts';
import { pinning } from './processes.ts';
import { printReport } from './report.ts';
import { benchRetrieval } from './retrieval.ts';
import { benchSimulate } from './simulate.ts';

const HELP = `npm run bench                 the governed path against a plain Node proxy, then the Lambda bundle
npm run bench -- gateway      the first alone
npm run bench -- bundle       the second alone
npm run bench -- batching     cutting, running and reloading a large batch, some minutes
  --records N                 of the file that is cut (default 1000000)
npm run bench -- batch-priority   the first token beside a batch on one local model, minutes
npm run bench -- cranfield    how well documents are found, some minutes
npm run bench -- simulate     a day at 1,000 requests a second, and the router's bursts, some minutes
npm run bench -- retrieval    how fast the index finds, some minutes more
  --passages N                its size (default 100000)
  --seconds N                 how long each row is measured (default 4)
  --pieces                    tokens that begin words instead of ending them
  --json FILE                 write the rows as JSON too`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    seconds: { type: 'string', default: '4' },
    pieces: { type: 'boolean', default: false },
    json: { type: 'string' },
    records: { type: 'string', default: '1000000' },
    passages: { type: 'string', default: '100000' },
  },
});
if (values.help === true) {
  console.log(HELP);
  process.exit(0);
}
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
console.log(
  `${process.platform} ${process.arch}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}; ${pinning}\n`,
);
if (wanted('gateway')) {
  const rows = await benchGateway({
    seconds: Number(values.seconds),
    pieces: values.pieces,
    say: (text) => console.error(`  ${text}`),
  });
  printReport(rows);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}
if (wanted('bundle')) benchBundle();
if (positionals.includes('batching'))
  await benchBatching({
    records: Number(values.records),
    seconds: 5 * Number(values.seconds),
    say: (text) => console.error(`  ${text}`),
  });
if (positionals.includes('batch-priority')) await benchBatchPriority((text) => console.error(`  ${text}`));
if (positionals.includes('cranfield')) await benchCranfield((text) => console.error(`  ${text}`));
if (positionals.includes('retrieval'))
  await benchRetrieval(Number(values.passages), (text) => console.error(`  ${text}`));
if (positionals.includes('simulate')) benchSimulate();
