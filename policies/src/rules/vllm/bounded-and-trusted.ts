import type { Container } from '../../containers/container.ts';
import { containersOfPod, podTemplateOf, WORKLOAD_TYPES } from '../../containers/kubernetes-pods.ts';
import { containersOfTask } from '../../containers/task-definition.ts';
import { isVllm, unknownSettings, vllmSetting } from '../../containers/vllm.ts';
import { ALWAYS } from '../../levels.ts';
import { at, entriesAt, textOf } from '../../read.ts';
import { defineRule, type Report } from '../../rule.ts';
import { containersOfModel } from '../../sagemaker.ts';
import { isUnknown, type Unknown } from '../../unknown.ts';

const TASK = 'aws:ecs/taskDefinition:TaskDefinition';
const MODEL = 'aws:sagemaker/model:Model';

export const vllmBoundedAndTrusted = defineRule({
  id: 'vllm-bounded-and-trusted',
  requirement: 43,
  pack: 'genai',
  title: 'vLLM has a context length set and runs no code that came with the weights',
  description:
    'Without a length one request may fill the whole key-value cache; with trust-remote-code whoever wrote the weights runs code beside the keys.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Pass --max-model-len (or its variable) with a number, and leave --trust-remote-code out.',
  source: { controls: ['OWASP-LLM10'], url: 'https://docs.vllm.ai/en/latest/configuration/engine_args/' },
  types: [...WORKLOAD_TYPES, TASK, MODEL],
  check(props, report, { resource }) {
    const containers = containersIn(resource.type, props);
    if (containers === 'unreadable') return; // containers-hardened says so
    if (isUnknown(containers)) return report.notYetKnown(containers);
    for (const container of containers) {
      // An image nobody can name yet may be vLLM.
      if (isVllm(container)) judgeServer(container, report);
      else if (isUnknown(container.image) && textOf(container.image) === undefined) report.notYetKnown(container.image);
    }
  },
});

function containersIn(type: string, props: object): readonly Container[] | Unknown | 'unreadable' {
  if (type === TASK) return containersOfTask(at(props, 'containerDefinitions'));
  if (type !== MODEL) return containersOfPod(podTemplateOf(type, props));
  const containers = containersOfModel(props);
  if (isUnknown(containers)) return containers;
  return containers.map((container) => ({
    name: String(at(container, 'containerHostname') ?? 'of the model'),
    image: at(container, 'image'),
    command: [],
    environment: entriesAt(container, 'environment'),
  }));
}

function judgeServer(container: Container, report: Report): void {
  const { name } = container;
  const lengths = vllmSetting(container, 'max_model_len');
  const trust = vllmSetting(container, 'trust_remote_code');
  const open = unknownSettings(container);
  for (const setting of [...lengths, ...trust]) if (isUnknown(setting)) report.notYetKnown(setting);
  const isLength = (value: unknown) => /^[1-9]\d*[kKmM]?$/.test(String(value));
  if (lengths.some((length) => !isUnknown(length) && !isLength(length)))
    report.violation(`The container ${name} sets no usable max-model-len.`);
  if (trust.some((value) => !isUnknown(value) && !/^(false|0|no|off|)$/i.test(String(value))))
    report.violation(`The container ${name} trusts remote code.`);
  if (open !== undefined) report.notYetKnown(open);
  else if (lengths.length === 0) report.violation(`The container ${name} sets no max-model-len.`);
}
