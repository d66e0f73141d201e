import { invalidate } from "$app/navigation";
import { historyFor, MESSAGE_LETTERS_MAX } from "#film/chat/prompt.ts";
import { listTools } from "#lib/api/making.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import { getTake, listTaskTakes } from "#lib/api/tools.ts";
import type { LiveMessage, Model, Take } from "#lib/api/types.ts";
import { modelList } from "#lib/film/models.svelte.ts";
import { Quoting } from "#lib/film/quoting.svelte.ts";
import { keep, readKept } from "#lib/ui/browser-store.ts";
import { CHAT, messageOf, readReply } from "./exchanges.ts";
import { inOrder } from "./in-order.ts";

const PAGE = 10;

/** A message that is answered, or was not. */
export interface Pending {
  run: string;
  message: string;
  sentAt: number;
  /** Seconds that it takes, as its quote says. */
  usual: number;
}

const isPending = (value: unknown): value is Pending => typeof value === "object" && value !== null && "run" in value && typeof value.run === "string" && "message" in value && typeof value.message === "string" && "sentAt" in value && typeof value.sentAt === "number" && "usual" in value && typeof value.usual === "number";

interface Place {
  studio: string;
  /** The film that it is about; null: none. */
  project: string | null;
  /** What has to be done before something is asked: what is typed in the script is saved. */
  prepare: () => Promise<unknown>;
}

/** A conversation with the assistant. What is typed, and what is not answered yet, is kept on this device. */
export class Conversation {
  readonly #place: Place;
  readonly #key: string;
  #ready: Promise<void> = Promise.resolve();
  readonly quoting = new Quoting();
  /** Answered messages, oldest first. */
  takes: Take[] = $state.raw([]);
  /** The words of the replies, by take, and why one could not be read. */
  replies: Record<string, string> = $state({});
  unread: Record<string, ProblemError> = $state.raw({});
  /** Where the list of earlier ones goes on. */
  earlier: string | null = $state(null);
  loaded = $state(false);
  /** Earlier ones are being read: nobody wants them read out. */
  isCatchingUp = $state(true);
  problem: ProblemError | null = $state.raw(null);
  /** Whether anybody answers here, who, and who would. */
  available = $state(false);
  able: Model[] = $state.raw([]);
  away: Model[] = $state.raw([]);
  text = $state("");
  sending = $state(false);
  pending: Pending | null = $state.raw(null);
  /** The last exchange before a fresh start: with what follows, nothing from before goes along. */
  before: string | null = $state(null);
  readonly letters = $derived(this.text.trim().length);
  readonly isTooLong = $derived(this.letters > MESSAGE_LETTERS_MAX);
  /** What a message costs: as its quote says, or where all who answer here ask the same, as the list of prices does. */
  readonly price = $derived.by(() => {
    if (this.quoting.quote) return this.quoting.quote.credits;
    const prices = new Set(this.able.map(({ price }) => price?.credits ?? null));
    const [only = null] = prices;
    return prices.size === 1 ? only : null;
  });

  constructor(place: Place) {
    this.#place = place;
    this.#key = `dailies.chat.${place.studio}.${place.project ?? "none"}`;
  }

  load(): Promise<void> {
    return (this.#ready = this.#load());
  }

  async #load(): Promise<void> {
    this.problem = null;
    const text = readKept("device", this.#key);
    if (typeof text === "string" && this.text === "") this.text = text;
    const pending = readKept("device", `${this.#key}.pending`);
    this.pending = isPending(pending) ? pending : null;
    const before = readKept("device", `${this.#key}.before`);
    this.before = typeof before === "string" ? before : null;
    try {
      const [tools, page] = await Promise.all([listTools(fetch), this.#list(null), modelList.load()]);
      const own = tools.data.find(({ id }) => id === CHAT);
      const models = modelList.all.filter(({ tool }) => tool === CHAT);
      this.available = own?.available ?? false;
      this.able = models.filter(({ id }) => own?.models.includes(id));
      this.away = models.filter(({ lifecycle }) => lifecycle === "active");
      this.earlier = page.nextCursor;
      await this.#show(page.data);
      this.loaded = true;
    } catch (error) {
      this.problem = toProblem(error);
    } finally {
      this.isCatchingUp = false;
    }
  }

  async loadEarlier(): Promise<void> {
    if (this.earlier === null || this.isCatchingUp) return;
    this.isCatchingUp = true;
    this.problem = null;
    try {
      const page = await this.#list(this.earlier);
      await this.#show(page.data);
      this.earlier = page.nextCursor;
    } catch (error) {
      this.problem = toProblem(error);
    } finally {
      this.isCatchingUp = false;
    }
  }

  /** Reads a reply again that could not be read: by a new link, since links run out. */
  async readAgain(id: string): Promise<void> {
    try {
      await this.#read(await getTake(fetch, id));
    } catch (error) {
      this.unread = { ...this.unread, [id]: toProblem(error) };
    }
  }

  type(text: string): void {
    this.text = text;
    // What was quoted, or refused, was another message.
    this.quoting.drop();
    keep("device", this.#key, text === "" ? null : text);
  }

  /** Sends what is typed. It stays until its run has begun; one that costs more than was shown is agreed to by sending it again. */
  async send(): Promise<void> {
    const message = this.text.trim();
    if (message === "" || this.isTooLong || this.sending || this.pending) return;
    this.sending = true;
    try {
      // Before it is known what a message costs, and what was said, nothing is asked.
      await this.#ready;
      if (!this.loaded || !this.available) return;
      if (!this.quoting.quote && !(await this.#quote(message))) return;
      const usual = this.quoting.quote?.seconds.p50 ?? 0;
      const run = await this.quoting.start();
      if (!run) return;
      this.#wait({ run: run.id, message, sentAt: Date.now(), usual });
      this.type("");
    } finally {
      this.sending = false;
    }
  }

  /** Whether it may begin: it is quoted, for what was shown. */
  async #quote(message: string): Promise<boolean> {
    const { project, prepare } = this.#place;
    const shown = this.price;
    await prepare();
    await this.quoting.ask({ tool: CHAT, input: { message, history: historyFor(message, this.#said()) }, ...(project !== null && { project }) });
    return this.quoting.quote !== null && shown !== null && this.quoting.quote.credits <= shown;
  }

  /** What is not answered yet goes on as another run. */
  goOn(run: string): void {
    if (this.pending) this.#wait({ ...this.pending, run, sentAt: Date.now() });
  }

  /** It is answered. */
  async answered(): Promise<void> {
    await this.refresh();
    this.#wait(null);
    await invalidate("dailies:me");
  }

  /** What was not answered is put away, or back to where it was typed. */
  putAway(how: "away" | "back"): void {
    const { pending, text } = this;
    if (how === "back" && pending) this.type(text.trim() === "" ? pending.message : `${pending.message}\n\n${text}`);
    this.#wait(null);
  }

  /** From here on nothing that was said before goes along; null takes that back. */
  startAfresh(after: string | null): void {
    this.before = after;
    keep("device", `${this.#key}.before`, after);
  }

  /** Whether a message of the socket is of a conversation that went on elsewhere. */
  concerns({ type, subject, data }: LiveMessage): boolean {
    const { target } = data;
    return type === "run" && subject !== this.pending?.run && data["status"] === "succeeded" && (data["project"] ?? null) === this.#place.project && typeof target === "object" && target !== null && "tool" in target && target.tool === CHAT;
  }

  async refresh(): Promise<void> {
    try {
      const { data, nextCursor } = await this.#list(null);
      const known = new Set(this.takes.map(({ id }) => id));
      const isJoined = data.some(({ id }) => known.has(id));
      await this.#show(data, isJoined ? "beside" : "instead");
      // Where nothing of it was known, there may be more between.
      if (!isJoined) this.earlier = nextCursor;
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  #wait(pending: Pending | null): void {
    this.pending = pending;
    keep("device", `${this.#key}.pending`, pending);
  }

  #list(cursor: string | null) {
    return listTaskTakes(fetch, { tools: [CHAT], project: this.#place.project ?? "none", limit: PAGE, cursor });
  }

  /** Shows exchanges once their replies are read, or are known not to be: beside what is shown by then, which may be more than when they were asked for. */
  async #show(takes: readonly Take[], how: "beside" | "instead" = "beside"): Promise<void> {
    await Promise.all(takes.map((take) => this.#read(take)));
    this.takes = inOrder(how === "beside" ? this.takes : [], takes);
  }

  async #read(take: Take): Promise<void> {
    if (this.replies[take.id] !== undefined) return;
    try {
      this.replies[take.id] = await readReply(take);
      const { [take.id]: _read, ...rest } = this.unread;
      this.unread = rest;
    } catch (error) {
      this.unread = { ...this.unread, [take.id]: toProblem(error) };
    }
  }

  #said(): { message: string; reply: string }[] {
    const from = this.takes.findIndex(({ id }) => id === this.before) + 1;
    return this.takes.slice(from).flatMap((take) => { const reply = this.replies[take.id]; return reply === undefined ? [] : [{ message: messageOf(take), reply }]; });
  }
}
