import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { terraformPlan, type Planned } from './terraform-plan.ts';

export const WORKSPACE = resolve(import.meta.dirname, '../..');
/** Installing Checkov the first time is most of it, milliseconds. */
const LONGEST = 1_200_000;
const LARGEST = 256 * 1024 * 1024;

const Check = z.object({
  check_id: z.string(),
  check_name: z.string(),
  file_path: z.string(),
  resource: z.string(),
});
const Report = z.object({
  results: z.object({ passed_checks: z.array(Check), failed_checks: z.array(Check) }),
});
const Reports = z.union([Report.transform((one) => [one]), z.array(Report)]);

/** What Checkov says of one resource. */
export interface Opinion {
  /** `CKV_AWS_7` */
  readonly check: string;
  readonly asks: string;
  /** Name of the plan it was given in. */
  readonly plan: string;
  /** `aws_kms_key.data` */
  readonly resource: string;
  readonly passed: boolean;
}

/** Checkov's opinion of plans, each under a name; or why it cannot be asked. */
export async function askCheckov(
  plans: ReadonlyMap<string, readonly Planned[]>,
): Promise<Opinion[] | { missing: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-checkov-'));
  try {
    await mkdir(join(folder, 'plans'));
    for (const [name, resources] of plans)
      await writeFile(join(folder, 'plans', `${name}.json`), JSON.stringify(terraformPlan(resources)));
    const { code, stdout, stderr } = await run([join(WORKSPACE, 'tools/ci/checkov.mjs'), join(folder, 'plans')]);
    if (code === 2) return { missing: stderr.trim() };
    if (code !== 0) throw new Error(stderr);
    return Reports.parse(JSON.parse(stdout)).flatMap(({ results }) => [
      ...results.passed_checks.map((each) => opinion(each, true)),
      ...results.failed_checks.map((each) => opinion(each, false)),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a script of the checkout with this Node. */
export function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done, reject) =>
    execFile(
      process.execPath,
      args,
      { cwd: WORKSPACE, timeout: LONGEST, maxBuffer: LARGEST },
      (error, stdout, stderr) => {
        if (error === null) done({ code: 0, stdout, stderr });
        else if (typeof error.code === 'number') done({ code: error.code, stdout, stderr });
        else reject(error);
      },
    ),
  );
}

function opinion({ check_id, check_name, file_path, resource }: z.infer<typeof Check>, passed: boolean): Opinion {
  return { check: check_id, asks: check_name, plan: file_path.replace(/^\/|\.json$/g, ''), resource, passed };
}
