// Proves that the module-boundary rule bites: a file that imports against the flow must be refused, or lint has gone blind.
import { ESLint } from 'eslint';

const forbidden = [
  ['packages/contracts/src/probe.ts', "import '@plinth/gateway';", 'contracts may import nothing of ours'],
  ['packages/infra/src/probe.ts', "import '@plinth/chat';", 'infra may not import services'],
  ['packages/stores/src/probe.ts', "import '@plinth/models';", 'stores may not import models'],
];
const eslint = new ESLint();
let blind = 0;
for (const [filePath, code, rule] of forbidden) {
  const [result] = await eslint.lintText(code, { filePath });
  const caught = result?.messages.some((message) => message.ruleId === '@nx/enforce-module-boundaries');
  console.log(`${caught ? 'caught' : 'MISSED'}  ${rule}`);
  if (!caught) blind++;
}
process.exit(blind === 0 ? 0 : 1);
