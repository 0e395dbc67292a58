import type { AddressBar } from '../state/route.ts';

/** An address bar with a history, for tests: `back` goes to the address before. */
export function addressBar(hash = ''): AddressBar & { back(): void } {
  const visited = [hash];
  let listener = () => {};
  return {
    hash: () => visited.at(-1) ?? '',
    go(next) {
      visited.push(next);
      listener();
    },
    back() {
      visited.pop();
      listener();
    },
    onChange(given) {
      listener = given;
    },
  };
}
