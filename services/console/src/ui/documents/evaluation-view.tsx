import { useState } from 'preact/hooks';
import { parseQuestions } from '../../api/rag/evaluation.ts';
import type { EvaluationConfig, Questions } from '../../api/rag/evaluation.ts';
import type { Documents } from '../../state/documents/documents.ts';
import type { EvaluationRun } from '../../state/documents/evaluation.ts';
import { formatCount, plural } from '../../text/numbers.ts';
import { ProblemView } from '../problem-view.tsx';
import { ShareBar } from '../share-bar.tsx';
import { EvaluationResults } from './evaluation-results.tsx';

/** Largest question set read here, bytes; what the service takes. */
const MAX_FILE = 16 * 1024 * 1024;
const METHODS = { hybrid: 'Words and meaning', lexical: 'Words', dense: 'Meaning' } as const;

export function EvaluationView({ documents }: { documents: Documents }) {
  const { evaluation } = documents;
  const [configs, setConfigs] = useState<readonly [EvaluationConfig, EvaluationConfig]>([
    { method: 'hybrid', answers: false },
    { method: 'lexical', answers: false },
  ]);
  const [questions, setQuestions] = useState<Questions>({ set: 'seed' });
  const [file, setFile] = useState<{ name: string; words: string; wrong: boolean } | undefined>(undefined);
  const running = evaluation.running.value;
  const problem = evaluation.problem.value;

  async function readFile(chosen: File | undefined): Promise<void> {
    if (chosen === undefined) return;
    const read =
      chosen.size > MAX_FILE ? { wrong: 'The file is over 16 MB. Split it.' } : parseQuestions(await chosen.text());
    if ('wrong' in read) setFile({ name: chosen.name, words: read.wrong, wrong: true });
    else {
      setFile({ name: chosen.name, words: plural(read.questions.length, 'question'), wrong: false });
      setQuestions(read);
    }
  }

  return (
    <div class="view">
      <h1>Evaluation</h1>
      <p class="lead">
        Asks a set of questions whose answers are known, under two configurations, and compares what was found. It runs
        under your own groups; answers cost what answers cost.
      </p>
      <form
        class="evaluate"
        onSubmit={(event) => {
          event.preventDefault();
          void evaluation.start(questions, configs);
        }}
      >
        <fieldset>
          <legend>Questions</legend>
          <label class="check">
            <input
              type="radio"
              name="questions"
              checked={'set' in questions}
              onChange={() => {
                setQuestions({ set: 'seed' });
                setFile(undefined);
              }}
            />
            The seed questions
          </label>
          <label>
            Or a JSONL file
            <input
              type="file"
              accept=".jsonl,.ndjson,.json,.txt"
              onChange={({ currentTarget }) => void readFile(currentTarget.files?.[0])}
            />
          </label>
          {file !== undefined && (
            <p class={file.wrong ? 'problem-line' : 'help'} role="status">
              {file.name}: {file.words}
            </p>
          )}
        </fieldset>
        {configs.map((config, index) => (
          <ConfigFields
            key={index}
            name={index === 0 ? 'A' : 'B'}
            config={config}
            onChange={(next) => setConfigs(index === 0 ? [next, configs[1]] : [configs[0], next])}
          />
        ))}
        <div class="actions">
          <button type="submit" class="primary" disabled={running || file?.wrong === true}>
            {running ? 'Running…' : 'Run both'}
          </button>
          {running && (
            <button type="button" class="plain" onClick={() => evaluation.stop()}>
              Stop
            </button>
          )}
        </div>
      </form>
      {problem !== undefined && <ProblemView problem={problem} now={documents.now} />}
      <ul class="progress">
        {evaluation.runs.value.map((run) => (
          <RunProgress key={run.name} run={run} running={running} />
        ))}
      </ul>
      <EvaluationResults runs={evaluation.runs.value} />
    </div>
  );
}

function ConfigFields({
  name,
  config,
  onChange,
}: {
  name: string;
  config: EvaluationConfig;
  onChange: (config: EvaluationConfig) => void;
}) {
  return (
    <fieldset>
      <legend>Configuration {name}</legend>
      <label>
        Search by
        <select
          value={config.method}
          onChange={({ currentTarget }) =>
            onChange({ ...config, method: currentTarget.value as EvaluationConfig['method'] })
          }
        >
          {Object.entries(METHODS).map(([method, words]) => (
            <option key={method} value={method}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={config.rerank !== false}
          onChange={({ currentTarget }) => {
            const { method, answers } = config;
            onChange(currentTarget.checked ? { method, answers } : { method, answers, rerank: false });
          }}
        />
        Rerank, where there is a reranker
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={config.answers}
          onChange={({ currentTarget }) => onChange({ ...config, answers: currentTarget.checked })}
        />
        Ask for answers too
      </label>
    </fieldset>
  );
}

function RunProgress({ run, running }: { run: EvaluationRun; running: boolean }) {
  const { name, progress, result } = run;
  const share =
    result !== undefined ? 1 : progress === undefined || progress.total === 0 ? 0 : progress.done / progress.total;
  const waiting = running ? 'waiting' : 'not run';
  const words =
    result !== undefined
      ? `${plural(result.counts.questions, 'question')}${result.counts.failed > 0 ? `, ${formatCount(result.counts.failed)} failed` : ''}${result.counts.skipped > 0 ? `, ${formatCount(result.counts.skipped)} not for your groups` : ''}`
      : progress === undefined
        ? waiting
        : progress.total === 0
          ? running
            ? 'started'
            : 'stopped'
          : `${formatCount(progress.done)} of ${formatCount(progress.total)}`;
  return (
    <li>
      <span>Configuration {name}</span>
      <ShareBar
        share={share}
        label={`Progress of configuration ${name}`}
        text={words}
        tone={name === 'A' ? 'first' : 'second'}
      />
      <span class="help">{words}</span>
    </li>
  );
}
