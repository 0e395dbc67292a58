import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { load, percentile } from './load.ts';
import { start, pinSelf, cpuMs } from './processes.ts';
import { makeKey, environment } from './gateway.ts';
pinSelf(1);
const folder = mkdtempSync('/tmp/t/prof-');
const up = await start(join(import.meta.dirname, 'servers/upstream.ts'), ['word'], 1);
const key = await makeKey(folder);
const child = spawn('taskset', ['-c', '0', process.execPath, '--cpu-prof', '--cpu-prof-dir=/tmp/t/profs', '--import', 'tsx', join(import.meta.dirname, '../../services/chat/src/server.ts')], { env: { ...process.env, ...environment(folder, up.url) }, stdio: ['pipe', 'pipe', 2] });
const url = await new Promise<string>((ok) => createInterface({ input: child.stdout }).on('line', (l) => ok(JSON.parse(l).url)));
const pace = process.argv[2] ?? 'instant', stream = process.argv[3] === 'stream', conns = Number(process.argv[4] ?? 32);
for (let i = 0; i < 2; i++) {
  const c = cpuMs(child.pid!);
  const r = await load({ url, path: '/v1/chat/completions', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ model: pace, stream, max_tokens: 64, messages: [{ role: 'user', content: 'Explain in a few sentences how a heat pump works, and when it is better than a gas boiler.' }] }), connections: conns, durationMs: 4000 });
  console.log(r.completed, r.failed, r.requestsPerSecond.toFixed(0), 'p50', percentile(r.latencies, 0.5).toFixed(2), 'p99', percentile(r.latencies, 0.99).toFixed(2), 'cpu/req us', (((cpuMs(child.pid!) - c) * 1000) / r.completed).toFixed(0));
}
const m = await (await fetch(`${url}/metrics`)).text();
console.log(m.split('\n').filter((l) => l.startsWith('plinth_requests_total')).join('\n'));
child.kill('SIGTERM');
await new Promise((ok) => child.once('close', ok));
await up.stop();
process.exit(0);
