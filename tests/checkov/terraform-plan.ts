import { TERRAFORM_TYPES } from './terraform-types.ts';

/** What is read of a planned resource (`PlannedResource` of `@plinth/planning`). */
export interface Planned {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

type Values = Record<string, unknown>;
interface Projected {
  readonly address: string;
  readonly mode: 'managed';
  readonly type: string;
  readonly name: string;
  readonly values: Values;
}

export interface TerraformPlan {
  readonly format_version: '1.2';
  readonly terraform_version: '1.9.0';
  readonly planned_values: { readonly root_module: { readonly resources: readonly Projected[] } };
  readonly resource_changes: readonly object[];
  readonly configuration: { readonly root_module: { readonly resources: readonly object[] } };
}

/** Arguments that are maps of the user's own keys; any other object is a block. */
const MAPS = new Set(['tags', 'tags_all', 'variables', 'labels', 'response_parameters', 'request_parameters']);
/** Arguments whose Pulumi name is not Terraform's in camel case: those the projected types use. */
const RENAMED: Readonly<Record<string, string>> = { restApi: 'rest_api_id', deployment: 'deployment_id' };
/** An unknown part of a planned value: `«bucket:invocations.arn»`. */
const REFERENCE = /«([^:»]+):([^»]+)\.([^.»]+)»/g;

/**
 * A plan of ours as `terraform show -json` would print it, for the types both know. Little differs between the two: names are in snake case
 * (but for two), an object is a block of which there is one, and repeated blocks are named in the singular. A value only creation
 * can tell becomes a reference to what it comes from, as it would be in a program.
 */
export function terraformPlan(resources: readonly Planned[]): TerraformPlan {
  const known = resources.filter(({ type }) => TERRAFORM_TYPES[type] !== undefined);
  const addresses = new Map<string, string>();
  const taken = new Set<string>();
  const named = known.map((resource) => {
    const type = TERRAFORM_TYPES[resource.type] ?? '';
    let name = resource.name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
    for (let count = 2; taken.has(`${type}.${name}`); count++) name = `${resource.name}_${count}`;
    taken.add(`${type}.${name}`);
    // Two types of one name, such as clusters of two services: a reference does not say which, so it stays as it is.
    const short = `${shortType(resource.type)}:${resource.name}`;
    addresses.set(short, addresses.has(short) ? '' : `${type}.${name}`);
    return { resource, type, name };
  });
  const projected = named.map(({ resource, type, name }): Projected & { readonly references: Values } => {
    const references: Values = {};
    const values = block(resource.props, addresses);
    for (const [key, value] of Object.entries(resource.props)) {
      const found = referencesIn(value, addresses);
      if (found.length > 0) references[argument(key, value)] = { references: found };
    }
    return { address: `${type}.${name}`, mode: 'managed', type, name, values, references };
  });
  const bare = projected.map(({ references: _references, ...rest }) => rest);
  return {
    format_version: '1.2',
    terraform_version: '1.9.0',
    planned_values: { root_module: { resources: bare } },
    resource_changes: bare.map(({ values, ...about }) => ({
      ...about,
      change: { actions: ['create'], before: null, after: values, after_unknown: {} },
    })),
    configuration: {
      root_module: {
        resources: projected.map(({ address, mode, type, name, references }) => ({
          ...{ address, mode, type, name },
          expressions: references,
        })),
      },
    },
  };
}

/** `aws:s3/bucket:Bucket` is `bucket` in references. */
function shortType(type: string): string {
  return /\/([^:]+):/.exec(type)?.[1] ?? type;
}

function block(props: Readonly<Record<string, unknown>>, addresses: ReadonlyMap<string, string>): Values {
  return Object.fromEntries(
    Object.entries(props).map(([key, value]) => {
      const name = argument(key, value);
      if (isBlock(value) && isMap(name, value))
        return [name, Object.fromEntries(Object.entries(value).map(([own, each]) => [own, plain(each, addresses)]))];
      return [name, isBlock(value) ? [block(value, addresses)] : plain(value, addresses)];
    }),
  );
}

function plain(value: unknown, addresses: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value))
    return value.map((each: unknown) => (isBlock(each) ? block(each, addresses) : plain(each, addresses)));
  if (typeof value !== 'object' || value === null) return value;
  if ('$unknown' in value) {
    const text = value.$unknown;
    return typeof text === 'string'
      ? text.replaceAll(REFERENCE, (all, ...part) => reference(part, addresses) ?? all)
      : null;
  }
  if ('$secret' in value) return 'secret';
  return '$asset' in value ? String(value.$asset) : block(value as Record<string, unknown>, addresses);
}

/** A container's environment is a map; a function's is a block with one in it. */
function isMap(name: string, value: Readonly<Record<string, unknown>>): boolean {
  return name === 'environment' ? !('variables' in value) : MAPS.has(name);
}

/** An object that is no value in disguise. */
function isBlock(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !Object.keys(value).some((key) => key.startsWith('$'))
  );
}

/** Terraform's name of an argument: Pulumi puts repeated blocks in the plural, `rules` for `rule`. */
function argument(key: string, value: unknown): string {
  const name = RENAMED[key] ?? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const repeated = Array.isArray(value) && value.some(isBlock);
  if (!repeated || name.endsWith('ss')) return name;
  return name.replace(/ies$/, 'y').replace(/s$/, '');
}

function reference(part: readonly unknown[], addresses: ReadonlyMap<string, string>): string | undefined {
  const [type, name, property] = part;
  const address = addresses.get(`${String(type)}:${String(name)}`);
  return address === undefined || address === '' ? undefined : `${address}.${argument(String(property), undefined)}`;
}

/** Each reference twice, as Terraform lists it: to the property and to the resource. */
function referencesIn(value: unknown, addresses: ReadonlyMap<string, string>): string[] {
  const found = [...JSON.stringify(value ?? null).matchAll(REFERENCE)].flatMap(([, ...part]) => {
    const to = reference(part, addresses);
    return to === undefined ? [] : [to, to.split('.').slice(0, 2).join('.')];
  });
  return [...new Set(found)];
}
