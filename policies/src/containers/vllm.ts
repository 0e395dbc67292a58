import { textOf } from '../read.ts';
import { isUnknown, type Unknown } from '../unknown.ts';
import type { Container } from './container.ts';

/** AWS's LMI containers serve by vLLM unless told otherwise. */
const IMAGE = /vllm|djl-inference.*lmi/i;
const VARIABLE = /^(SM_)?VLLM_/;

/** Whether a container runs vLLM, by its image, its command or its variables. */
export function isVllm({ image, command, environment }: Container): boolean {
  return (
    IMAGE.test(textOf(image) ?? '') ||
    (!isUnknown(command) && command.some((part) => /\bvllm\b/.test(textOf(part) ?? ''))) ||
    (!isUnknown(environment) && environment.some(([name]) => VARIABLE.test(name)))
  );
}

/** What a container says of one vLLM setting: by a flag (`--max-model-len 4096`) or by a variable that ends in its name. */
export function vllmSetting(container: Container, name: string): readonly unknown[] {
  return [...byFlag(container, name), ...byVariable(container, name)];
}

/** The first part of command or environment that is not known and may hold a setting. */
export function unknownSettings({ command, environment }: Container): Unknown | undefined {
  if (isUnknown(command)) return command;
  if (isUnknown(environment)) return environment;
  return command.filter(isUnknown).find(({ template }) => template === undefined);
}

/** A flag without a value is `true`. Commands may also be one line for a shell. */
function byFlag({ command }: Container, name: string): readonly unknown[] {
  if (isUnknown(command)) return [];
  const line = command.map((part) => textOf(part) ?? UNKNOWN_PART).join(' ');
  const flag = new RegExp(
    `(?:^|[\\s'"])--${name.replaceAll('_', '[-_]')}(?:[=\\s]+(?!-)([^\\s'"]+))?(?=$|[\\s'"])`,
    'g',
  );
  return [...line.matchAll(flag)].map(([, value]) => {
    if (value === undefined) return true;
    return /«/.test(value) ? (command.find((part) => isUnknown(part)) ?? value) : value;
  });
}

const UNKNOWN_PART = '«unknown»';

function byVariable({ environment }: Container, name: string): readonly unknown[] {
  if (isUnknown(environment)) return [];
  const variable = new RegExp(`(^|_)${name.toUpperCase()}$`);
  return environment.filter(([key]) => variable.test(key)).map(([, value]) => value);
}
