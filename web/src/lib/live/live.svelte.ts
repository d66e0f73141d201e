import { invalidateAll } from "$app/navigation";
import { chosenStudio } from "#lib/api/chosen-studio.ts";
import { answerOf, api } from "#lib/api/client.ts";
import type { LiveMessage } from "#lib/api/types.ts";
import { Line, type LineState } from "./line.ts";

type Listener = (message: LiveMessage) => void;

const POLL_WITHIN_MS = 10_000;

function open(after: number | null): WebSocket {
  const address = new URL("/api/v1/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // A socket sends no headers of ours; the web in front of the API reads this.
  const studio = chosenStudio();
  if (studio) address.searchParams.set("studio", studio);
  if (after !== null) address.searchParams.set("after", String(after));
  return new WebSocket(address);
}

const poll = (after: number | null) => answerOf(api(fetch).GET("/api/v1/live/events", { params: { query: after === null ? {} : { after } }, signal: AbortSignal.timeout(POLL_WITHIN_MS) }));

/** What happens in the studio, as it happens, to whoever listens. */
class Live {
  state: LineState = $state("idle");
  #listeners = new Set<Listener>();
  readonly #line = new Line({
    open, poll,
    isOnline: () => navigator.onLine,
    heard: (message) => { for (const listener of this.#listeners) listener(message); },
    missed: () => void invalidateAll(),
    became: (state) => { this.state = state; },
  });

  /** Hears messages until the answer is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins; answers how to end. */
  start(): () => void {
    const online = () => this.#line.begin();
    const offline = () => this.#line.end("offline");
    addEventListener("online", online);
    addEventListener("offline", offline);
    if (navigator.onLine) online();
    else offline();
    return () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
      this.#line.end("idle");
    };
  }
}

export const live = new Live();
