import { spawn } from 'node:child_process';
import { accessSync, constants, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Why the engine cannot be used here, or undefined. */
export function engineMissing(): string | undefined {
  const missing = ['pulumi', 'pulumi-language-nodejs'].filter((binary) => !onPath(binary));
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not on PATH; install the Pulumi CLI to run the stacks on a real engine`;
}

function onPath(binary: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, binary), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface EngineOptions {
  /** Folder of its own for state, plugins and copies of configuration. */
  readonly home: string;
  /** Providers to attach to, as PULUMI_DEBUG_PROVIDERS names them. */
  readonly providers: string;
  /** Folders of the policy packs to hold every plan to. */
  readonly policyPacks: readonly string[];
}

const LIMIT_MS = 180_000;

/** A Pulumi engine with state in a folder, cut off from accounts, plugins and updates. */
export class PulumiEngine {
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
    mkdirSync(join(options.home, 'state'), { recursive: true });
  }

  /**
   * A new stack of the program in `folder`, reading a copy of its environment's configuration. It is made beside the program, since
   * making a stack writes a salt into the configuration, and that belongs in nobody's working tree.
   */
  async stack(folder: string, configFolder: string, project: string, environment: string): Promise<EngineStack> {
    const aside = join(this.#options.home, `${project}-${environment}`);
    const file = `Pulumi.${environment}.yaml`;
    mkdirSync(aside);
    writeFileSync(join(aside, 'Pulumi.yaml'), `name: ${project}\nruntime: nodejs\n`);
    copyFileSync(join(configFolder, file), join(aside, file));
    const name = `organization/${project}/${environment}`;
    const created = await this.#run(aside, ['stack', 'init', name]);
    if (created.code !== 0) throw new Error(`The stack could not be made:\n${created.output}`);
    return new EngineStack(name, join(aside, file), (args) => this.#run(folder, args), this.#options.policyPacks);
  }

  async #run(folder: string, args: readonly string[]): Promise<Outcome> {
    const { home, providers } = this.#options;
    const child = spawn('pulumi', [...args, '--non-interactive', '--color', 'never'], {
      cwd: folder,
      signal: AbortSignal.timeout(LIMIT_MS),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        PULUMI_HOME: join(home, 'pulumi'),
        PULUMI_BACKEND_URL: `file://${join(home, 'state')}`,
        PULUMI_CONFIG_PASSPHRASE: 'engine-test',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_DEBUG_PROVIDERS: providers,
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) => done({ code: code ?? -1, output }));
    });
  }
}

/** One stack on the engine. */
export class EngineStack {
  readonly name: string;
  /** Copy of `Pulumi.<environment>.yaml` this stack reads. */
  readonly configFile: string;
  readonly #run: (args: readonly string[]) => Promise<Outcome>;
  readonly #packs: readonly string[];

  constructor(
    name: string,
    configFile: string,
    run: (args: readonly string[]) => Promise<Outcome>,
    packs: readonly string[],
  ) {
    this.name = name;
    this.configFile = configFile;
    this.#run = run;
    this.#packs = packs;
  }

  preview(): Promise<Outcome> {
    return this.#run(['preview', ...this.#planned()]);
  }

  up(...options: string[]): Promise<Outcome> {
    return this.#run(['up', '--yes', '--skip-preview', ...this.#planned(), ...options]);
  }

  destroy(): Promise<Outcome> {
    return this.#run(['destroy', '--yes', '--skip-preview', '--stack', this.name, '--config-file', this.configFile]);
  }

  /** Changes one setting of the copy; `path` may lead into a map, as in `guardrail.filterStrength`. */
  async set(path: string, value: string): Promise<void> {
    const place = ['--stack', this.name, '--config-file', this.configFile];
    const { code, output } = await this.#run(['config', 'set', '--path', path, value, ...place]);
    if (code !== 0) throw new Error(`The setting was refused:\n${output}`);
  }

  outputs(): Promise<Outcome> {
    return this.#run(['stack', 'output', '--json', '--stack', this.name]);
  }

  #planned(): string[] {
    const packs = this.#packs.flatMap((pack) => ['--policy-pack', pack]);
    return ['--stack', this.name, '--config-file', this.configFile, ...packs];
  }
}
