import { DurableObject } from "cloudflare:workers";
import { logLine } from "#core/log.ts";

/** So many messages are kept for those who come back. */
const KEPT_MAX = 500;
const SOCKETS_MAX = 100;
/** A socket is good for this long; then its owner opens a new one and is recognised anew, so that an ended session ends here too. */
const SOCKET_MS = 15 * 60_000;
/** Close codes of our own: come back at once, or not at all. */
const COME_BACK = 4_000;
const LEAVE = 4_001;
const PAGE_MAX = 500;

export interface NewMessage {
  type: "run" | "job" | "wallet" | "project" | "upload" | "video" | "notification";
  subject: string;
  data: object;
}

export interface StoredMessage {
  id: number;
  type: NewMessage["type"];
  subject: string;
  data: Record<string, unknown>;
  at: string;
}

/** Messages after an id. `complete` is false where some between were dropped already: what is shown must be read anew. */
export interface Page {
  messages: StoredMessage[];
  last: number;
  complete: boolean;
}

type Row = { id: number; type: NewMessage["type"]; subject: string; data: string; at: number };

/** What a studio's people are shown as it happens: numbered messages, kept for a while, and hibernating sockets that get each at once. */
export class Hub extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Numbers and keeps messages, and sends them to every socket. */
  push(messages: NewMessage[]): { ok: boolean } {
    try {
      const now = Date.now();
      const stored = this.ctx.storage.transactionSync(() => {
        this.#ensureTable();
        const rows = messages.map(({ type, subject, data }) => this.#sql.exec<Row>("INSERT INTO messages (type, subject, data, at) VALUES (?, ?, ?, ?) RETURNING id, type, subject, data, at", type, subject, JSON.stringify(data), now).one());
        this.#sql.exec("DELETE FROM messages WHERE id <= (SELECT max(id) FROM messages) - ?", KEPT_MAX);
        return rows.map(toMessage);
      });
      const texts = stored.map((message) => JSON.stringify(message));
      for (const socket of this.ctx.getWebSockets()) {
        if (openedAt(socket) < now - SOCKET_MS) closeWith(socket, COME_BACK);
        else for (const text of texts) sendTo(socket, text);
      }
      return { ok: true };
    } catch (error) {
      logLine({ evt: "hub.push_failed", studio: this.ctx.id.name, error: String(error) });
      return { ok: false };
    }
  }

  /** Ends the sockets of somebody who may no longer listen: `user:…` or `key:…`. */
  dismiss(who: string): { ok: true } {
    for (const socket of this.ctx.getWebSockets(who)) closeWith(socket, LEAVE);
    return { ok: true };
  }

  /** Messages after an id, oldest first. */
  after(id: number): Page {
    if (!this.#hasTable()) return { messages: [], last: 0, complete: id === 0 };
    const { first, last } = this.#sql.exec<{ first: number | null; last: number }>("SELECT (SELECT min(id) FROM messages) AS first, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) AS last").one();
    const messages = this.#sql.exec<Row>("SELECT id, type, subject, data, at FROM messages WHERE id > ? ORDER BY id LIMIT ?", id, PAGE_MAX).toArray().map(toMessage);
    return { messages, last, complete: id <= last && id >= (first ?? last + 1) - 1 };
  }

  /** Takes the socket of `?who=`. Its first frame is `{object: "live", last, complete}`; what came after `?after=` follows. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return new Response(null, { status: 426 });
    if (this.ctx.getWebSockets().length >= SOCKETS_MAX) return new Response(null, { status: 503 });
    const { searchParams } = new URL(request.url);
    const asked = searchParams.get("after");
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [searchParams.get("who") ?? "nobody"]);
    server.serializeAttachment({ openedAt: Date.now() });
    const page = this.after(asked === null ? Number.MAX_SAFE_INTEGER : Number(asked));
    sendTo(server, JSON.stringify({ object: "live", last: page.last, complete: asked === null || page.complete }));
    for (const message of page.messages) sendTo(server, JSON.stringify(message));
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(): Promise<void> {
    // Nobody is asked anything here: what is done is done through the API.
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    try {
      socket.close(1000);
    } catch { /* it is closed already */ }
  }

  get #sql(): SqlStorage {
    return this.ctx.storage.sql;
  }

  #hasTable(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'messages'").toArray().length > 0;
  }

  #ensureTable(): void {
    if (!this.#hasTable()) this.#sql.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL, at INTEGER NOT NULL) STRICT");
  }
}

const toMessage = ({ at, data, ...row }: Row): StoredMessage => ({ ...row, data: JSON.parse(data) as Record<string, unknown>, at: new Date(at).toISOString() });

function openedAt(socket: WebSocket): number {
  const attached: unknown = socket.deserializeAttachment();
  const at: unknown = typeof attached === "object" && attached !== null ? Reflect.get(attached, "openedAt") : undefined;
  return typeof at === "number" ? at : 0;
}

function closeWith(socket: WebSocket, code: number): void {
  try {
    socket.close(code);
  } catch { /* it is closed already */ }
}

function sendTo(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch { /* it is gone; whoever it was comes back with the last id */ }
}
