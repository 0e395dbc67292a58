import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { parse } from 'yaml';
import * as z from 'zod';

const Setting = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);
const ProjectFile = z.looseObject({
  name: z.string().min(1),
  main: z.string().default('index.ts'),
  stackConfigDir: z.string().optional(),
  config: z.record(z.string(), Setting).default({}),
});
const StackFile = z.looseObject({ config: z.record(z.string(), Setting).nullish() });

/** A Pulumi project of the workspace. */
export interface Project {
  readonly name: string;
  /** Absolute paths. */
  readonly file: string;
  readonly main: string;
  readonly configDir: string;
  readonly defaults: Readonly<Record<string, z.infer<typeof Setting>>>;
}

/** Configuration of one stack, named as the engine names it. */
export interface StackConfig {
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * The project a stack folder belongs to: its own `Pulumi.yaml`, or one above whose program lies in the folder.
 *
 * @throws PlatformError `configuration`
 */
export async function projectOf(stackDir: string): Promise<Project> {
  const folder = resolve(stackDir);
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'Pulumi.yaml');
    if (existsSync(file)) {
      const project = await readProject(file);
      if (at === folder || !relative(folder, project.main).startsWith('..')) return project;
    }
    if (dirname(at) === at)
      throw new PlatformError(
        'configuration',
        `${stackDir} is no stack: no Pulumi.yaml in it, or above it with its program in it.`,
      );
  }
}

/** Another project of the same workspace, by name; `undefined` where there is none. */
export async function projectNamed(name: string, near: Project): Promise<Project | undefined> {
  const folder = dirname(near.file);
  const root = workspaceRoot(folder);
  const beside = folder === root ? [] : foldersIn(dirname(folder));
  for (const candidate of [root, ...foldersIn(join(root, 'stacks')), ...beside]) {
    const file = join(candidate, 'Pulumi.yaml');
    if (!existsSync(file)) continue;
    const project = await readProject(file);
    if (project.name === name) return project;
  }
  return undefined;
}

/** @throws PlatformError `configuration` when the stack has no file, or the file cannot be read */
export async function stackConfig(project: Project, stack: string): Promise<StackConfig> {
  const file = join(project.configDir, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const known = readdirSync(project.configDir).flatMap((entry) => /^Pulumi\.(.+)\.yaml$/.exec(entry)?.[1] ?? []);
    const hint =
      known.length > 0
        ? `Environments there are: ${known.join(', ')}.`
        : 'Create it; the README of the stack lists its settings.';
    throw new PlatformError(
      'configuration',
      `${project.name} has no configuration for "${stack}" (${file} is missing). ${hint}`,
    );
  }
  const { config } = await readYaml(file, StackFile);
  const settings: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [name, value] of [...Object.entries(project.defaults), ...Object.entries(config ?? {})]) {
    const key = name.includes(':') ? name : `${project.name}:${name}`;
    const { text, secret } = settingOf(value);
    if (text === undefined) continue;
    settings[key] = text;
    if (secret) secretKeys.push(key);
  }
  return { config: settings, secretKeys };
}

/** Pulumi hands a program text, and JSON for what has structure. An encrypted value is a secret nobody can read here. */
function settingOf(value: z.infer<typeof Setting>): { text: string | undefined; secret: boolean } {
  if (typeof value !== 'object' || value === null)
    return { text: value === null ? undefined : String(value), secret: false };
  if (!Array.isArray(value)) {
    if ('secure' in value) return { text: '(secret)', secret: true };
    const declared = 'value' in value ? value['value'] : 'default' in value ? value['default'] : undefined;
    if (declared !== undefined)
      return { text: typeof declared === 'object' ? JSON.stringify(declared) : String(declared), secret: false };
    if ('type' in value && Object.keys(value).every((key) => ['type', 'description', 'secret', 'items'].includes(key)))
      return { text: undefined, secret: false };
  }
  return { text: JSON.stringify(value), secret: false };
}

async function readProject(file: string): Promise<Project> {
  const { name, main, stackConfigDir, config } = await readYaml(file, ProjectFile);
  const folder = dirname(file);
  return {
    name,
    file,
    main: resolve(folder, /\.[cm]?[jt]s$/.test(main) ? main : join(main, 'index.ts')),
    configDir: resolve(folder, stackConfigDir ?? '.'),
    defaults: config,
  };
}

async function readYaml<T extends z.ZodType>(file: string, schema: T): Promise<z.output<T>> {
  let document: unknown;
  try {
    document = parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new PlatformError(
      'configuration',
      `${file} cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const result = schema.safeParse(document ?? {});
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new PlatformError('configuration', `${file} is not usable:\n${lines.join('\n')}`);
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((entry) => join(folder, entry)) : [];
}

/** The folder with `nx.json`, above a folder of the workspace. */
export function workspaceRoot(from: string): string {
  for (let at = from; dirname(at) !== at; at = dirname(at)) if (existsSync(join(at, 'nx.json'))) return at;
  return from;
}
