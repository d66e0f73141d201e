import { invalidateAll } from "$app/navigation";
import { chosenStudio } from "#lib/api/chosen-studio.ts";
import { answerOf, api } from "#lib/api/client.ts";
import type { LiveMessage } from "#lib/api/types.ts";

type Listener = (message: LiveMessage) => void;

const POLL_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
const PING_MS = 25_000;

/** The first frame of a socket: the newest id, and whether all that was missed follows. */
interface Greeting {
  last: number;
  complete: boolean;
}
const isGreeting = (value: unknown): value is Greeting => typeof value === "object" && value !== null && "last" in value && typeof value.last === "number" && "complete" in value;
const isMessage = (value: unknown): value is LiveMessage => typeof value === "object" && value !== null && "id" in value && typeof value.id === "number" && "type" in value;

/**
 * What happens in the studio, as it happens. Messages are numbered; after a break the socket asks from the last one seen, so nothing is
 * missed. While no socket can be had, the same messages are polled for.
 */
class Live {
  state: "idle" | "live" | "polling" | "offline" = $state("idle");
  #listeners = new Set<Listener>();
  #last: number | null = null;
  #socket: WebSocket | null = null;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #retryMs = RETRY_FIRST_MS;

  /** Hears messages until the answer is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins; answers how to end. */
  start(): () => void {
    const online = () => { this.#retryMs = RETRY_FIRST_MS; this.#connect(); };
    const offline = () => { this.state = "offline"; this.#close(); };
    addEventListener("online", online);
    addEventListener("offline", offline);
    if (navigator.onLine) this.#connect();
    else this.state = "offline";
    return () => {
      removeEventListener("online", online);
      removeEventListener("offline", offline);
      this.#close();
      this.state = "idle";
    };
  }

  #hear(message: LiveMessage): void {
    if (this.#last !== null && message.id <= this.#last) return;
    this.#last = message.id;
    for (const listener of this.#listeners) listener(message);
  }

  /** Where messages between are gone, what they would have said is read anew. */
  async #caughtUp(state: Greeting): Promise<void> {
    const missed = !state.complete;
    this.#last = missed ? state.last : Math.max(this.#last ?? 0, this.#last === null ? state.last : 0);
    if (missed) await invalidateAll();
  }

  #later(run: () => void, ms: number): void {
    this.#timers.push(setTimeout(run, ms));
  }

  #close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #connect(): void {
    this.#close();
    const address = new URL("/api/v1/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    // A socket sends no headers of ours; the web in front of the API reads this.
    const studio = chosenStudio();
    if (studio) address.searchParams.set("studio", studio);
    if (this.#last !== null) address.searchParams.set("after", String(this.#last));
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.state = "live";
      this.#retryMs = RETRY_FIRST_MS;
      this.#ping(socket);
    });
    socket.addEventListener("message", (event) => this.#read(event.data));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  #ping(socket: WebSocket): void {
    this.#later(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send("ping");
      this.#ping(socket);
    }, PING_MS);
  }

  #read(data: unknown): void {
    if (typeof data !== "string" || data === "pong") return;
    try {
      const message: unknown = JSON.parse(data);
      if (isMessage(message)) this.#hear(message);
      else if (isGreeting(message)) void this.#caughtUp(message);
    } catch { /* not a message of ours */ }
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#close();
    if (!navigator.onLine) { this.state = "offline"; return; }
    this.state = "polling";
    void this.#poll();
    this.#later(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MOST_MS, this.#retryMs * 2);
  }

  async #poll(): Promise<void> {
    if (this.state === "live") return;
    try {
      const page = await answerOf(api(fetch).GET("/api/v1/live/events", { params: { query: this.#last === null ? {} : { after: this.#last } } }));
      for (const message of page.data) this.#hear(message);
      await this.#caughtUp(page);
      if (this.state === "offline") this.state = "polling";
    } catch {
      this.state = navigator.onLine ? "polling" : "offline";
    }
    if (this.state === "polling") this.#later(() => void this.#poll(), POLL_MS);
  }
}

export const live = new Live();
