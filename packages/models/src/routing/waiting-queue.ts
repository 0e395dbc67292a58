import type { CallerClass, RouteAnswer, RouteAsk } from './router.ts';

/** A request without a place. The queue itself keeps `list`, `before` and `after`. */
export interface Waiter {
  readonly ask: RouteAsk;
  readonly since: number;
  readonly deadline: number;
  /** Which canary takes it, if one does. */
  readonly draw: number;
  readonly answered: (answer: RouteAnswer) => void;
  /** Times that one behind it was served first. */
  passed: number;
  list: WaitingList | undefined;
  before: Waiter | undefined;
  after: Waiter | undefined;
}

/** Those of one class that may go to the same pools, in the order they came; so the first gives up first. */
export interface WaitingList {
  readonly class: CallerClass;
  first: Waiter | undefined;
  last: Waiter | undefined;
  size: number;
}

const ORDER: readonly CallerClass[] = ['interactive', 'experimental', 'batch'];

/** Requests that wait, people first. Those whose data must stay are apart, since what frees a managed pool is no use to them. */
export class WaitingQueue {
  /** Two of each class, in the order they are served: data that must stay has fewer places to go. */
  readonly lists: readonly WaitingList[] = ORDER.flatMap((name) => [emptyList(name), emptyList(name)]);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: Waiter): void {
    const list = this.lists[2 * ORDER.indexOf(waiter.ask.class) + (waiter.ask.stayLocal ? 0 : 1)]!;
    waiter.list = list;
    waiter.before = list.last;
    if (list.last === undefined) list.first = waiter;
    else list.last.after = waiter;
    list.last = waiter;
    list.size += 1;
    this.#size += 1;
  }

  /** @returns false where it waits no more */
  remove(waiter: Waiter): boolean {
    const { list, before, after } = waiter;
    if (list === undefined) return false;
    if (before === undefined) list.first = after;
    else before.after = after;
    if (after === undefined) list.last = before;
    else after.before = before;
    waiter.list = waiter.before = waiter.after = undefined;
    list.size -= 1;
    this.#size -= 1;
    return true;
  }

  /** How many are served before one of this class that comes now. */
  ahead(name: CallerClass): number {
    let sum = 0;
    for (const list of this.lists) {
      if (ORDER.indexOf(list.class) > ORDER.indexOf(name)) break;
      sum += list.size;
    }
    return sum;
  }

  /** When the first of all gives up. */
  firstDeadline(): number | undefined {
    let earliest: number | undefined;
    for (const { first } of this.lists)
      if (first !== undefined && (earliest === undefined || first.deadline < earliest)) earliest = first.deadline;
    return earliest;
  }
}

function emptyList(name: CallerClass): WaitingList {
  return { class: name, first: undefined, last: undefined, size: 0 };
}
