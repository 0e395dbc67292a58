/**
 * What a component will create whose code runs in a plugin of its own (awsx, eks), as far as its inputs tell. Plans, tests and the
 * engine's stand-in share these estimates: the plugin itself is only there when `pulumi up` runs against AWS.
 */
export interface RemoteComponent {
  /** Pulumi type token, `awsx:ec2:Vpc`. */
  readonly type: string;
  /** @param inputs As the program gave them; what only creation tells is absent or unknown, and must not be looked into. */
  expand(name: string, inputs: Readonly<Record<string, unknown>>): RemoteExpansion;
}

export interface RemoteExpansion {
  /** Parents before those that name them. */
  readonly children: readonly EstimatedResource[];
  /** By output name of the component. */
  readonly outputs: Readonly<Record<string, EstimatedValue>>;
}

/** A resource the component will create. */
export interface EstimatedResource {
  readonly type: string;
  /** Unique among the children of one type. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, EstimatedValue>>;
}

/** JSON in which a value that only creation tells points to the child it comes from. */
export type EstimatedValue =
  string | number | boolean | null | FromChild | readonly EstimatedValue[] | { readonly [key: string]: EstimatedValue };

/** An output of a child: its `id`, `arn` or another property. */
export class FromChild {
  readonly child: string;
  readonly childType: string;
  readonly property: string;

  constructor(childType: string, child: string, property: string) {
    this.childType = childType;
    this.child = child;
    this.property = property;
  }
}

/** An estimated value with every pointer to a child replaced by what `read` says of it. */
export function resolveEstimate<T>(value: EstimatedValue, read: (from: FromChild) => T): unknown {
  if (value instanceof FromChild) return read(value);
  if (Array.isArray(value)) return value.map((each: EstimatedValue) => resolveEstimate(each, read));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolveEstimate(each, read)]));
  return value;
}
