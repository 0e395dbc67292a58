import type * as pulumi from '@pulumi/pulumi';

interface Named {
  readonly type: string;
  readonly name: string;
}

/**
 * Watches the program construct its resources, for two things nothing later tells: the order it does so in, which is the order a reader
 * knows; and which outputs each resource has. Generated classes put every output into their properties, with no value,
 * before anything is sent.
 */
export class ConstructionLog {
  readonly #outputs = new Map<string, readonly string[]>();
  readonly #order = new Map<string, number>();

  readonly transformation: pulumi.ResourceTransformation = ({ type, name, props }) => {
    const key = `${type} ${name}`;
    if (!this.#order.has(key)) this.#order.set(key, this.#order.size);
    if (type.includes('/') || type.startsWith('pulumi-nodejs:dynamic')) {
      const values = props as Record<string, unknown>;
      this.#outputs.set(
        key,
        Object.keys(values).filter((output) => values[output] === undefined),
      );
    }
    return undefined;
  };

  /** What the program did not construct itself stands right after the component that will create it. */
  placeWith(child: Named, component: Named): void {
    const key = `${child.type} ${child.name}`;
    if (!this.#order.has(key)) this.#order.set(key, this.positionOf(component));
  }

  outputsOf(type: string, name: string): readonly string[] {
    return this.#outputs.get(`${type} ${name}`) ?? [];
  }

  /** Position among all that was constructed; what was not watched (the stack itself) comes first. */
  positionOf({ type, name }: Named): number {
    return this.#order.get(`${type} ${name}`) ?? -1;
  }
}
