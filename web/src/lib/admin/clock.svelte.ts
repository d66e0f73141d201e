import { browser } from "$app/environment";

const STEP_MS = 30_000;

/** What time it is, for words such as “5 minutes ago”: they stay true while a page is open. */
class Clock {
  #at = $state(0);

  get now(): number {
    return browser && this.#at > 0 ? this.#at : Date.now();
  }

  /** Begins to count; answers how to end. */
  start(): () => void {
    const step = () => { this.#at = Date.now(); };
    step();
    const timer = setInterval(step, STEP_MS);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();
