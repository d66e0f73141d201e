import { DurableObject } from "cloudflare:workers";
import { sendToJobs } from "#core/jobs-queue.ts";
import { logLine } from "#core/log.ts";
import type { Json, TakeFacts } from "#film/film.ts";
import { noEffects, type Effects, type Problem, type RunBook } from "./book.ts";
import type { Seen } from "./calls.ts";
import { bookOf, step as stepOpening, type OpenInput, type Opening, type Refusal, type Stepped } from "./opening.ts";
import { project } from "./projection.ts";
import { advance, attendSoon, RULES, type Again, type Sight, type Stop, type Submission } from "./rules.ts";
import { send } from "./settling.ts";
import { forget, logAfter, readBook, readHead, readOutbox, writeBook, writeChange, writeOpening, type Head, type LogRow } from "./sql.ts";
import { tell, type Telling } from "./telling.ts";
import { jobView, runView, type JobView, type RunView } from "./view.ts";
import { wakesAt } from "./waking.ts";
import { messagesFor, type LiveMessage } from "./wire.ts";

const LOG_ROWS_MAX = 200;
const PROJECTED_WITHIN_MS = 1_000;

export type OpenOutcome = { ok: true; opened: "now" | "before"; key: string | null } | { ok: false; refusal: Refusal } | { ok: false; refusal: null };
const UNKNOWN: Stop = { ok: false, code: "unknown" };

/**
 * The line producer of one run: it knows what each job is at, says what is next, captures what was delivered and releases the rest. All
 * decisions are in rules.ts; here are storage, messages, the alarm, and the way to D1 and to those who watch.
 */
export class Run extends DurableObject<Env> {
  #head: Head | null = null;
  #book: RunBook | null = null;
  #opening: Promise<void> | null = null;
  #flushing: Promise<void> | null = null;
  #projecting: Promise<void> | null = null;
  #armedAt = Infinity;
  #failures = { all: 0, show: 0 };
  /** When a restart looked after everything, until a change is logged. */
  #attended: number | null = null;

  /** Opens the run of a quote, or says why not. Repeating it is harmless. */
  async open(input: OpenInput): Promise<OpenOutcome> {
    const head = this.#read();
    const isFresh = head === null || head.opening.step === "closed";
    if (isFresh) this.#writeOpening({ input, at: Date.now(), tries: (head?.opening.tries ?? 0) + 1, step: "hold", refusal: null, rules: RULES }, head);
    try {
      await this.#driveOpening();
    } catch (error) {
      logLine({ evt: "run.opening_failed", run: this.ctx.id.name, error: String(error) });
      return { ok: false, refusal: null };
    }
    const opening = this.#read()?.opening;
    // Whoever is answered finds the run and its jobs in every list, and by their ids. If the database does not answer soon, the alarm does this again.
    if (opening?.step !== "open") return { ok: false, refusal: opening?.refusal ?? null };
    if (this.#read()?.acked === 0) await Promise.race([this.#project().catch(() => undefined), scheduler.wait(PROJECTED_WITHIN_MS)]);
    return { ok: true, opened: isFresh ? "now" : "before", key: opening.input.key };
  }

  ready(job: string, attempt: number) { return this.#act({ call: "ready", job, attempt }); }
  begin(job: string, input: { attempt: number; lease: string }) { return this.#act({ call: "begin", job, ...input }); }
  noLease(job: string, input: { attempt: number; isDown: boolean; retryAt: number | null }) { return this.#act({ call: "noLease", job, ...input }); }
  /** What became of a submission, and what was seen of it where it was over at once. */
  submitted(job: string, { attempt, submission, sight }: { attempt: number; submission: Submission; sight: Sight | null }): Stop | Seen {
    const told = this.#act({ call: "submitted", job, attempt, submission });
    if (!told.ok || sight === null) return told.ok ? { ok: true, claim: null } : told;
    return this.checked(job, { attempt, sight });
  }
  look(job: string, attempt: number) { return this.#act({ call: "look", job, attempt }); }
  ticketOf(job: string, attempt: number) { return this.#act({ call: "ticketOf", job, attempt }); }
  /** What was seen. Whoever saw that it is there has the claim of bringing it in: asking for that is not another call. */
  checked(job: string, input: { attempt: number; sight: Sight }): Stop | Seen {
    const told = this.#act({ call: "checked", job, ...input });
    if (!told.ok) return told;
    const claim = "then" in told && told.then === "fetch" ? this.#act({ call: "claimFetch", job, attempt: input.attempt }) : null;
    return { ok: true, claim: claim?.ok ? (claim as NonNullable<Seen["claim"]>) : null };
  }
  wake(job: string, input: { attempt: number; ticket: Json; message: string }) { return this.#act({ call: "wake", job, ...input }); }
  claimFetch(job: string, attempt: number) { return this.#act({ call: "claimFetch", job, attempt }); }
  stillFetching(job: string, input: { attempt: number; fetch: number }) { return this.#act({ call: "stillFetching", job, ...input }); }
  delivered(job: string, input: { attempt: number; take: TakeFacts }) { return this.#act({ call: "delivered", job, ...input }); }
  notDelivered(job: string, input: { attempt: number; problem: Problem; again: Again }) { return this.#act({ call: "notDelivered", job, ...input }); }
  cancel() { return this.#act({ call: "cancel" }); }
  cancelJob(job: string) { return this.#act({ call: "cancelJob", job }); }
  /** The run and its jobs, or null if it never opened. */
  view(): { run: RunView; jobs: JobView[] } | null {
    const book = this.#readBook();
    return book ? { run: runView(book, Date.now()), jobs: [...book.jobs.values()].map((job) => jobView(book, job)) } : null;
  }

  /** A piece of its log, oldest first, with how it opened: what going through it again needs. */
  record(after: number): { opening: Opening; rows: LogRow[] } | null {
    const head = this.#read();
    return head && this.#readBook() ? { opening: head.opening, rows: logAfter(this.ctx.storage.sql, after, LOG_ROWS_MAX * 5) } : null;
  }

  /** Wakes a run that something is overdue in. Harmless at any time. */
  async poke(): Promise<void> {
    if (this.#read()) await this.alarm();
  }

  /** Does what is due. Catches everything and always arms the next alarm. */
  override async alarm(): Promise<void> {
    this.#armedAt = Infinity;
    try {
      await this.#driveOpening();
      if (this.#readBook()) {
        this.#act({ call: "tick" });
        await this.#flush();
        await this.#showLog().then(() => { this.#failures.show = 0; }, (error: unknown) => logLine({ evt: "run.show_failed", run: this.ctx.id.name, failures: (this.#failures.show += 1), error: String(error) }));
        await this.#project();
      }
      this.#failures.all = 0;
    } catch (error) {
      this.#failures.all += 1;
      logLine({ evt: "run.alarm_failed", run: this.ctx.id.name, failures: this.#failures.all, error: String(error) });
    }
    this.#arm();
  }

  #read(): Head | null {
    return (this.#head ??= readHead(this.ctx.storage.sql));
  }

  #readBook(): RunBook | null {
    if (!this.#book && this.#read()) {
      this.#book = readBook(this.ctx.storage.sql);
      if (this.#book) {
        this.#attended = Date.now();
        attendSoon(this.#book, this.#attended);
        this.#arm();
      }
    }
    return this.#book;
  }

  #writeOpening(opening: Opening, head: Head | null): void {
    this.ctx.storage.transactionSync(() => writeOpening(this.ctx.storage.sql, opening, head ? "known" : "new"));
    this.#head = head ? { ...head, opening } : readHead(this.ctx.storage.sql);
    this.#arm();
  }

  /** Takes the opening to its end, one stored step after the other. One driver at a time. */
  #driveOpening(): Promise<void> {
    return (this.#opening ??= this.#stepThrough().finally(() => { this.#opening = null; }));
  }

  async #stepThrough(): Promise<void> {
    for (;;) {
      const head = this.#read();
      if (!head || head.opening.step === "open" || head.opening.step === "closed") return;
      const stepped = await stepOpening(this.env, head.opening);
      const opening: Opening = { ...head.opening, step: stepped.to, refusal: ("refusal" in stepped ? stepped.refusal : undefined) ?? head.opening.refusal };
      if ("snapshot" in stepped) this.#start(opening, stepped);
      else this.#writeOpening(opening, head);
    }
  }

  /** The run is open: its book comes to be, steps whose takes exist are done at 0, and the first jobs are queued. */
  #start(opening: Opening, { snapshot, takes }: Extract<Stepped, { to: "open"; snapshot: unknown }>): void {
    const book = bookOf(opening, { snapshot, takes });
    const fx = noEffects(Date.now(), Math.random);
    this.#commit(() => {
      writeOpening(this.ctx.storage.sql, opening, "known");
      const head = readHead(this.ctx.storage.sql);
      if (!head) throw new Error("the run has no row");
      this.#head = head;
      fx.runIsDirty = true;
      for (const stepId of book.jobs.keys()) fx.dirty.add(stepId);
      advance(book, fx);
      writeBook(this.ctx.storage.sql, book);
      writeChange(this.ctx.storage.sql, { book, head, fx, told: { call: "start", takes } });
      this.#book = book;
    });
    this.#after(fx);
  }

  /** Changes the book and writes the change, both or neither; then does what it asks for. */
  #act(telling: Telling): ReturnType<typeof tell> | Stop {
    const book = this.#readBook();
    const head = this.#read();
    if (!book || !head) return UNKNOWN;
    if (head.frozen !== null) return { ok: false, code: "failed" };
    let random: number | null = null;
    const fx = noEffects(Date.now(), () => (random ??= Math.random()));
    try {
      const outcome = this.#commit(() => {
        const result = tell(book, fx, telling);
        if (fx.dirty.size > 0 || fx.runIsDirty) advance(book, fx);
        if (telling.call === "settle") forget(this.ctx.storage.sql, [telling.answer.command]);
        if (writeChange(this.ctx.storage.sql, { book, head, fx, told: { ...telling, attended: this.#attended, random } })) this.#attended = null;
        return result;
      });
      this.#after(fx);
      return outcome;
    } catch (error) {
      logLine({ evt: "run.change_failed", run: book.run, error: String(error) });
      return { ok: false, code: "failed" };
    }
  }

  #commit<T>(change: () => T): T {
    try {
      return this.ctx.storage.transactionSync(change);
    } catch (error) {
      this.#book = null;
      this.#head = null;
      throw error;
    }
  }

  #after(fx: Effects): void {
    if (fx.messages.length > 0) this.ctx.waitUntil(sendToJobs(this.env, fx.messages, { run: this.ctx.id.name }));
    if (fx.commands.length > 0) this.ctx.waitUntil(this.#flush().catch(() => undefined));
    this.#arm();
  }

  /** Sends stored commands until none is left. One sender at a time. */
  #flush(): Promise<void> {
    return (this.#flushing ??= this.#flushAll().finally(() => { this.#flushing = null; }));
  }

  async #flushAll(): Promise<void> {
    for (;;) {
      const book = this.#readBook();
      const commands = readOutbox(this.ctx.storage.sql);
      if (!book || commands.length === 0) break;
      const answers = await send(this.env, book, commands);
      if (answers.length === 0) throw new Error("no other object answered");
      // That a lease went back changes nothing in the book: all of them are forgotten at once.
      forget(this.ctx.storage.sql, answers.flatMap(({ command }) => (command.kind === "lease" ? [command] : [])));
      const standings = answers.filter(({ command }) => command.kind !== "lease").map((answer) => {
        const outcome = this.#act({ call: "settle", answer });
        return "standing" in outcome ? outcome.standing : null;
      });
      const standing = standings.findLast((each) => each !== null);
      if (standing) await this.#show([{ type: "wallet", subject: book.studio, data: { ...standing } }]).catch(() => undefined);
    }
  }

  /** Pushes what changed to the studio's hub: of each job its newest state. */
  async #showLog(): Promise<void> {
    const { sql } = this.ctx.storage;
    const book = this.#readBook();
    const head = this.#read();
    if (!book || !head || head.shown >= head.seq) return;
    const rows = logAfter(sql, head.shown, LOG_ROWS_MAX * 5);
    const last = rows.at(-1);
    if (!last) return;
    await this.#show(messagesFor(book, rows, Date.now()));
    sql.exec("UPDATE run SET shown = max(shown, ?)", last.seq);
    head.shown = Math.max(head.shown, last.seq);
  }

  async #show(messages: LiveMessage[]): Promise<void> {
    const book = this.#readBook();
    if (!book) return;
    const { ok } = await this.env.HUB.getByName(book.studio).push(messages);
    // What was not kept there is not shown, and those who come back would not miss it.
    if (!ok) throw new Error("the studio's hub kept nothing");
  }

  #project(): Promise<void> {
    return (this.#projecting ??= this.#projectAll().finally(() => { this.#projecting = null; }));
  }

  async #projectAll(): Promise<void> {
    for (;;) {
      const book = this.#readBook();
      const head = this.#read();
      if (!book || !head || head.frozen !== null || head.acked >= head.seq) break;
      const rows = logAfter(this.ctx.storage.sql, head.acked, LOG_ROWS_MAX);
      const last = rows.at(-1);
      if (!last) break;
      const { lastSeq, different, events } = await project(this.env.DB, { book, seq: head.seq, rows, now: Date.now() });
      if (lastSeq > (this.#read()?.seq ?? 0)) return this.#freeze(lastSeq);
      if (different.length > 0) this.#act({ call: "differs", rows: different });
      this.ctx.storage.sql.exec("UPDATE run SET acked = max(acked, ?)", last.seq);
      head.acked = Math.max(head.acked, last.seq);
      if (events.length > 0) await this.env.EVENTS.sendBatch(events.map((event) => ({ body: { event } }))).catch(() => undefined);
    }
  }

  /** D1 has rows that this object lacks: it was restored to an earlier state, and going on would fork its log. */
  #freeze(seq: number): void {
    const reason = `the projection has row ${seq}, which this run lacks`;
    this.ctx.storage.sql.exec("UPDATE run SET frozen = ?", reason);
    if (this.#head) this.#head.frozen = reason;
    logLine({ evt: "run.frozen", run: this.ctx.id.name, seq });
  }

  #arm(): void {
    const head = this.#read();
    if (!head) return;
    const now = Date.now();
    const dueAt = wakesAt(head, { book: this.#readBook(), failures: this.#failures, now });
    if (dueAt >= this.#armedAt) return;
    this.#armedAt = dueAt;
    this.ctx.storage.setAlarm(Math.max(dueAt, now + 1)).catch((error: unknown) => {
      this.#armedAt = Infinity;
      logLine({ evt: "run.arm_failed", run: this.ctx.id.name, error: String(error) });
    });
  }
}
