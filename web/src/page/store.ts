// A value that views follow, and the time by which the page waits.
import { useEffect, useReducer } from "preact/hooks";

// Milliseconds that only grow: the computer's clock may be set at any time.
export const ticks = (): number => performance.now();

export class Store<T> {
  private readonly listeners = new Set<() => void>();
  constructor(private value: T) {}

  get(): T {
    return this.value;
  }
  set(value: T): void {
    if (value === this.value) return;
    this.value = value;
    for (const listener of [...this.listeners]) listener();
  }
  follow(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export function use<T>(store: Store<T>): T {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  useEffect(() => store.follow(() => redraw()), [store]);
  return store.get();
}
