import type { CallOutcome, MemberLoad, MemberState, Placement, RouteAnswer, RouteAsk, Router } from '../router.ts';
import type { RouteClock } from './clock.ts';

/** Drives a router with a clock: hands it the time with every word, and wakes it when it wants to be woken. */
export class RouterDrive {
  readonly clock: RouteClock;
  readonly #router: Router;
  /** When the timer goes off; undefined while none is set. */
  #due: number | undefined;
  #giveUp = (): void => undefined;

  constructor(router: Router, clock: RouteClock) {
    this.#router = router;
    this.clock = clock;
  }

  /** A place, or why there is none; `undefined` when the caller left before. */
  place(ask: RouteAsk, signal: AbortSignal): Promise<RouteAnswer | undefined> {
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#say((now) => ticket.withdraw(now));
        resolve(undefined);
      };
      signal.addEventListener('abort', leave, { once: true });
      const ticket = this.#say((now) =>
        this.#router.ask(ask, now, (answer) => {
          signal.removeEventListener('abort', leave);
          resolve(answer);
        }),
      );
    });
  }

  /** A place that is free this moment, without waiting for one. */
  placeNow(ask: RouteAsk): Placement | undefined {
    let placement: Placement | undefined;
    const ticket = this.#say((now) =>
      this.#router.ask(ask, now, (answer) => {
        if (answer.kind === 'placed') placement = answer.placement;
      }),
    );
    if (placement === undefined) this.#say((now) => ticket.withdraw(now));
    return placement;
  }

  firstToken(placement: Placement): void {
    this.#say((now) => placement.firstToken(now));
  }

  ended(placement: Placement, outcome: CallOutcome): void {
    this.#say((now) => placement.ended(now, outcome));
  }

  observe(memberId: string, load: MemberLoad): void {
    this.#say((now) => this.#router.observe(memberId, load, now));
  }

  state(): readonly MemberState[] {
    return this.#router.state(this.clock.now());
  }

  #say<T>(word: (now: number) => T): T {
    const said = word(this.clock.now());
    this.#setTimer();
    return said;
  }

  #setTimer(): void {
    const due = this.#router.nextTick();
    if (due === this.#due) return;
    this.#giveUp();
    this.#due = due;
    if (due === undefined) return;
    this.#giveUp = this.clock.after(Math.max(0, due - this.clock.now()), () => {
      this.#due = undefined;
      this.#say((now) => this.#router.tick(now));
    });
  }
}
