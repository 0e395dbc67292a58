import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './dynamo-caller.ts';

/** The few attribute types that are used here, written by hand: it keeps a marshalling library out of the bundle. */
export const text = (value: string): AttributeValue => ({ S: value });
export const count = (value: number): AttributeValue => ({ N: String(value) });

export const textOf = (item: Item, name: string): string => item[name]?.S ?? '';
export const countOf = (item: Item, name: string): number => Number(item[name]?.N ?? 0);

export const keyOf = (pk: string, sk: string): Item => ({ pk: text(pk), sk: text(sk) });

/** Makes a part of a key: what separates the parts cannot be in it. */
export const part = (value: string): string => encodeURIComponent(value);
