import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { count, text } from './attributes.ts';

/** Builds one update expression. Every name and value goes through a placeholder, so ids can hold any character. */
export class UpdateExpression {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  readonly #conditions: string[] = [];
  readonly #add: string[] = [];
  readonly #set: string[] = [];
  readonly #remove: string[] = [];
  #valueCount = 0;

  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known) return known;
    const placeholder = `#${this.#names.size.toString(36)}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  mentions(attribute: string): boolean {
    return this.#names.has(attribute);
  }

  value(value: string | number): string {
    const placeholder = `:${(this.#valueCount++).toString(36)}`;
    this.#values[placeholder] = typeof value === 'string' ? text(value) : count(value);
    return placeholder;
  }

  /** Adding nothing is left out: it would only make the attribute. */
  add(attribute: string, amount: number): void {
    if (amount !== 0) this.#add.push(`${this.name(attribute)} ${this.value(amount)}`);
  }

  set(attribute: string, value: string | number): void {
    this.#set.push(`${this.name(attribute)} = ${this.value(value)}`);
  }

  remove(attribute: string): void {
    this.#remove.push(this.name(attribute));
  }

  require(condition: string): void {
    this.#conditions.push(condition);
  }

  requireAbsent(attribute: string): void {
    this.require(`attribute_not_exists(${this.name(attribute)})`);
  }

  requireEqual(attribute: string, value: string | number): void {
    this.require(`${this.name(attribute)} = ${this.value(value)}`);
  }

  /** A counter that is absent counts as 0. */
  requireAtMost(attribute: string, most: number): void {
    const name = this.name(attribute);
    this.require(`(attribute_not_exists(${name}) OR ${name} <= ${this.value(most)})`);
  }

  build() {
    const sections = [
      this.#set.length > 0 ? `SET ${this.#set.join(', ')}` : '',
      this.#remove.length > 0 ? `REMOVE ${this.#remove.join(', ')}` : '',
      this.#add.length > 0 ? `ADD ${this.#add.join(', ')}` : '',
    ];
    return {
      UpdateExpression: sections.filter((section) => section !== '').join(' '),
      ...(this.#conditions.length > 0 && { ConditionExpression: this.#conditions.join(' AND ') }),
      ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name])),
      ...(this.#valueCount > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }
}
