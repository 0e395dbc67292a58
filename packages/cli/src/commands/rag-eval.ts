import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { EvaluationConfig, PlatformError } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import {
  applyGate,
  compareEvaluations,
  parseGate,
  parseQuestionSet,
  type GateCondition,
} from '@plinth/retrieval/evaluate';
import { Command } from 'commander';
import { HANDBOOK_QUESTIONS } from '../laptop/rag-service.ts';
import { evaluateOverHttp } from '../rag/evaluate-over-http.ts';
import { renderEvalReport } from '../rag/eval-report.ts';
import type { EvalReport, EvalRun } from '../rag/eval-run.ts';
import { renderEvalTable } from '../rag/eval-table.ts';
import { interruptible } from '../rag/interruptible.ts';
import { RagPlatform } from '../rag/platform.ts';
import { ProgressBar } from '../rag/progress-bar.ts';

interface Options {
  readonly questions: string;
  readonly config: string[];
  readonly against?: string;
  readonly answers?: boolean;
  readonly gate?: string;
  readonly json?: boolean;
  readonly report?: string;
  readonly url?: string;
}

const EXAMPLES = `
Examples:
  plinth rag eval
  plinth rag eval --questions questions.jsonl
  plinth rag eval --questions questions.jsonl --config hybrid.json lexical.json dense.json
  plinth rag eval --questions questions.jsonl --config new.json --against now.json --gate "ndcg@10>=baseline-0.02"
  plinth rag eval --questions questions.jsonl --answers --gate "ndcg@10>=0.4,groundedness>=0.7,p95<=2000" --report report.html

A question is a line of JSON: {"id":"1","question":"…","relevant":[{"documentId":"leave.md","grade":2}]}; without a relevant
document it has no answer. A configuration is a JSON file: {"method":"hybrid","rerank":true,"limit":50,"k":10,"answers":false}.
The command ends with code 1 when the gate is not passed.`;

/** Bytes of a question set. */
const LARGEST_SET = 64 * 1024 * 1024;
const LARGEST_CONFIG = 64 * 1024;

export function ragEvalCommand(): Command {
  return new Command('eval')
    .description('ask a question set and measure what comes back; compare configurations; hold them to a gate')
    .option(
      '--questions <file>',
      "the question set, JSONL; without one, that of the laptop's handbook",
      HANDBOOK_QUESTIONS,
    )
    .option('--config <file...>', 'configurations to measure; without one, the product as it is', [])
    .option('--against <file>', 'a configuration to compare with, question by question')
    .option('--answers', 'ask for answers too, in every configuration; they cost what answers cost')
    .option('--gate <conditions>', 'conditions with commas between them; code 1 when one is not met')
    .option('--json', 'print everything as JSON')
    .option('--report <file>', 'write a page with charts')
    .option('--url <url>', 'where the retrieval service is')
    .addHelpText('after', EXAMPLES)
    .action(evaluate);
}

async function evaluate(options: Options): Promise<void> {
  // What can be wrong without the platform is told before anything is asked.
  const questions = parseQuestionSet(await readText(options.questions, LARGEST_SET));
  const gate = options.gate === undefined ? undefined : parseGate(options.gate);
  if (options.against === undefined && gate?.some(({ kind }) => kind === 'baseline') === true)
    throw new PlatformError('configuration', 'The gate names the baseline. Say which it is: --against <file>.');
  const wanted = await configurations(options);
  const platform = await RagPlatform.find(process.env, options);
  const runs: EvalRun[] = [];
  await interruptible(async (signal) => {
    for (const { name, config } of wanted) {
      const bar = new ProgressBar(name, process.stderr);
      const onProgress = (done: number, total: number) => bar.draw(done, total);
      try {
        runs.push({ name, result: await evaluateOverHttp(platform, { questions, config }, { onProgress, signal }) });
      } finally {
        bar.clear();
      }
    }
  });
  const report = judged(basename(options.questions), runs, options.against !== undefined, gate);
  if (options.report !== undefined) {
    const file = resolve(options.report);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, renderEvalReport(report, questions));
    process.stderr.write(`Wrote ${options.report}\n`);
  }
  const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report)}\n` : renderEvalTable(report, styleFor(color)),
  );
  if (report.passed === false) process.exitCode = 1;
}

function judged(
  questionSet: string,
  runs: readonly EvalRun[],
  hasBaseline: boolean,
  gate?: GateCondition[],
): EvalReport {
  const whole = runs.map((run, index) => {
    const isBaseline = hasBaseline && index === 0;
    const comparison = hasBaseline && !isBaseline ? compareEvaluations(runs[0]!.result, run.result) : undefined;
    const verdicts = gate === undefined || isBaseline ? undefined : applyGate(gate, run.result, comparison);
    return {
      ...run,
      ...(comparison === undefined ? {} : { comparison }),
      ...(verdicts === undefined ? {} : { gate: verdicts }),
    };
  });
  const passed = whole.every(({ gate: verdicts = [] }) => verdicts.every(({ met }) => met));
  return { questionSet, runs: whole, hasBaseline, ...(gate === undefined ? {} : { passed }) };
}

/** The baseline first, then what is measured. */
async function configurations(options: Options): Promise<{ name: string; config: EvaluationConfig }[]> {
  const files = [...(options.against === undefined ? [] : [options.against]), ...options.config];
  const named = await Promise.all(files.map((file) => readConfig(file)));
  if (options.config.length === 0) named.push({ name: 'default', config: EvaluationConfig.parse({}) });
  return options.answers === true
    ? named.map((each) => ({ ...each, config: { ...each.config, answers: true } }))
    : named;
}

async function readConfig(file: string): Promise<{ name: string; config: EvaluationConfig }> {
  const text = await readText(file, LARGEST_CONFIG);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PlatformError('configuration', `${file} is not JSON.`);
  }
  const parsed = EvaluationConfig.safeParse(json);
  if (parsed.success) return { name: basename(file, '.json'), config: parsed.data };
  const words = parsed.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
  throw new PlatformError('configuration', `${file} is not usable: ${words}.`);
}

async function readText(file: string, most: number): Promise<string> {
  try {
    if ((await stat(file)).size > most) throw new PlatformError('configuration', `${file} is over ${most} bytes.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError('configuration', `Cannot read ${file}. Check the name.`, { cause: error });
  }
}
