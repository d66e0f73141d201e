import { ProblemError } from "#lib/api/problem.ts";
import type { LiveMessage } from "#lib/api/types.ts";

const POLL_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
const OPEN_WITHIN_MS = 8_000;
const PING_MS = 25_000;
const ANSWER_WITHIN_MS = 10_000;
/** No session, or none that may hear it. */
const FORBIDDEN: ReadonlySet<number> = new Set([401, 403]);

export type LineState = "idle" | "live" | "polling" | "offline";
/** What is used of a WebSocket. */
export type Socket = Pick<WebSocket, "addEventListener" | "send" | "close">;
type Timer = ReturnType<typeof setTimeout> | undefined;

/** The first frame of a socket: the newest id, and whether all that was missed follows. */
export interface Greeting {
  last: number;
  complete: boolean;
}
const isGreeting = (value: unknown): value is Greeting => typeof value === "object" && value !== null && "last" in value && typeof value.last === "number" && "complete" in value;
const isMessage = (value: unknown): value is LiveMessage => typeof value === "object" && value !== null && "id" in value && typeof value.id === "number" && "type" in value;

/** What a line reaches the hub by, and whom it tells. `after` is the last message that was heard, if any was. */
export interface Ends {
  open(after: number | null): Socket;
  poll(after: number | null): Promise<Greeting & { data: LiveMessage[] }>;
  isOnline(): boolean;
  heard(message: LiveMessage): void;
  /** Messages between are gone: what they would have said must be read anew. */
  missed(): void;
  became(state: LineState): void;
}

/**
 * Hears numbered messages by a socket, and polls for the same ones whenever none is open. A socket that does not open, or that falls
 * silent, is given up for the next one, which asks from the last message heard, so that nothing is missed.
 */
export class Line {
  readonly #ends: Ends;
  #state: LineState = "idle";
  #last: number | null = null;
  #socket: Socket | null = null;
  #retryMs = RETRY_FIRST_MS;
  #poll: Timer;
  #retry: Timer;
  #ping: Timer;
  /** Gives the socket up, unless something comes from it before. */
  #silence: Timer;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Begins, or begins again where there is a network again. */
  begin(): void {
    this.#retryMs = RETRY_FIRST_MS;
    this.#become("polling");
    this.#pollIn(POLL_MS);
    this.#connect();
  }

  /** Hears nothing more. */
  end(state: "idle" | "offline"): void {
    this.#hangUp();
    clearTimeout(this.#poll);
    this.#become(state);
  }

  #become(state: LineState): void {
    this.#state = state;
    this.#ends.became(state);
  }

  #connect(): void {
    this.#hangUp();
    const socket = this.#ends.open(this.#last);
    this.#socket = socket;
    this.#silence = setTimeout(() => this.#lost(socket), OPEN_WITHIN_MS);
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", ({ data }) => this.#read(socket, data));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  #hangUp(): void {
    for (const timer of [this.#retry, this.#ping, this.#silence]) clearTimeout(timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #opened(socket: Socket): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#poll);
    this.#become("live");
    // The greeting comes unasked.
    this.#expectAnswer(socket);
  }

  #expectAnswer(socket: Socket): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(socket), ANSWER_WITHIN_MS);
  }

  #read(socket: Socket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== "string") return;
    clearTimeout(this.#silence);
    clearTimeout(this.#ping);
    this.#ping = setTimeout(() => {
      socket.send("ping");
      this.#expectAnswer(socket);
    }, PING_MS);
    if (data === "pong") return;
    try {
      const message: unknown = JSON.parse(data);
      if (isMessage(message)) this.#hear(message);
      else if (isGreeting(message)) {
        // One that is accepted and dropped before it says anything is no better than one that is refused.
        this.#retryMs = RETRY_FIRST_MS;
        this.#caughtUp(message);
      }
    } catch { /* not a message of ours */ }
  }

  #hear(message: LiveMessage): void {
    if (this.#last !== null && message.id <= this.#last) return;
    this.#last = message.id;
    this.#ends.heard(message);
  }

  #caughtUp({ last, complete }: Greeting): void {
    this.#last = complete ? (this.#last ?? last) : last;
    if (!complete) this.#ends.missed();
  }

  #lost(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#hangUp();
    if (!this.#ends.isOnline()) return this.end("offline");
    this.#become("polling");
    this.#pollIn(0);
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MOST_MS, this.#retryMs * 2);
  }

  #pollIn(ms: number): void {
    clearTimeout(this.#poll);
    this.#poll = setTimeout(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    try {
      const page = await this.#ends.poll(this.#last);
      // A socket that opened meanwhile says the same.
      if (this.#state !== "polling") return;
      for (const message of page.data) this.#hear(message);
      this.#caughtUp(page);
    } catch (error) {
      // Whoever may not hear it is not told so by asking again. Of all else, the next one asks from the same message.
      if (error instanceof ProblemError && FORBIDDEN.has(error.status)) return this.end("idle");
    }
    if (this.#state === "polling") this.#pollIn(POLL_MS);
  }
}
