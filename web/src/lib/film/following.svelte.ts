import { invalidate } from "$app/navigation";
import { cancelJob, cancelRun, createRun, getRun, rerouteJob, retryRun } from "#lib/api/making.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import { isRefusal } from "#lib/api/refusal.ts";
import type { Job, Quote, Run } from "#lib/api/types.ts";
import { live } from "#lib/live/live.svelte.ts";
import * as m from "#lib/paraglide/messages.js";
import { isOpen } from "#lib/text/words.ts";
import { notify, notifyProblem } from "#lib/ui/toast.ts";
import { agreed } from "./agreeing.ts";

interface Hearers {
  /** Another run goes on in its place. */
  onagain: (run: Run) => void | Promise<void>;
  /** It was looked at. */
  onlook?: (run: Run) => void | Promise<void>;
}

const SETTLE_MS = 400;
const LOOK_MS = 8_000;

/** A run that is followed to its end, and what people do with it on the way. */
export class Following {
  readonly id: string;
  readonly #hearers: Hearers;
  run: Run | null = $state.raw(null);
  problem: ProblemError | null = $state.raw(null);
  /** Credits or the plan do not let it go on. */
  refused: ProblemError | null = $state.raw(null);
  /** What is agreed to first: trying again that costs more than what came back, or another model. */
  offered: Quote | null = $state.raw(null);
  /** The job that is offered by another model: it is cancelled once that is agreed to. */
  moved: Job | null = $state.raw(null);
  /** What was offered had run out, and these are new figures. */
  renewed = $state(false);
  /** Asks for what is offered anew. */
  #ask: (() => Promise<Quote>) | null = null;
  busy = $state(false);
  readonly open = $derived(this.run !== null && isOpen(this.run.status));
  /** There is no such run any more. */
  readonly lost = $derived(this.problem?.status === 404);

  constructor(id: string, hearers: Hearers) {
    this.id = id;
    this.#hearers = hearers;
  }

  async look(): Promise<void> {
    try {
      this.run = await getRun(fetch, this.id);
      this.problem = null;
      await this.#hearers.onlook?.(this.run);
    } catch (error) {
      this.problem = toProblem(error);
    }
  }

  /** Begins; answers how to end. The socket says when to look; this looks now and then as well, in case that it says nothing. */
  start(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void this.look();
    const clock = setInterval(() => { if (this.open || (this.run === null && !this.lost)) void this.look(); }, LOOK_MS);
    const stop = live.listen((message) => {
      if (message.subject !== this.id && message.data["run"] !== this.id) return;
      clearTimeout(timer);
      timer = setTimeout(() => void this.look(), SETTLE_MS);
    });
    return () => { clearTimeout(timer); clearInterval(clock); stop(); };
  }

  cancel(): Promise<void> {
    return this.#act(async () => { this.run = await cancelRun(fetch, this.id); });
  }

  cancelJob(job: Job): Promise<void> {
    return this.#act(() => cancelJob(fetch, job.id));
  }

  /** Makes again what was not made: at once where it costs no more than what came back. */
  retry(): Promise<void> {
    return this.#act(async () => {
      const ask = () => retryRun(fetch, this.id);
      const quote = await ask();
      this.leave();
      if (quote.credits <= (this.run?.credits.returned ?? 0)) await this.#begin(quote);
      else this.#offer(quote, ask);
    });
  }

  /** Asks what a job costs by another model. Nothing is made or stopped before that is agreed to. */
  reroute(job: Job, model: string): Promise<void> {
    return this.#act(async () => {
      const ask = () => rerouteJob(fetch, job.id, model);
      this.#offer(await ask(), ask);
      this.moved = job;
    });
  }

  #offer(quote: Quote, ask: () => Promise<Quote>): void {
    this.offered = quote;
    this.#ask = ask;
    this.renewed = false;
  }

  /** Agrees to what is offered, if it is still to be had, and is still needed. */
  accept(): Promise<void> {
    return this.#act(async () => {
      const { offered, moved } = this;
      if (!offered) return;
      const run = moved && (await getRun(fetch, this.id));
      if (moved) this.moved = run?.jobs.find(({ id }) => id === moved.id) ?? moved;
      const to = agreed(offered, this.moved, Date.now());
      if (to === "renew") return this.#renew();
      if (to === "wait") return notify(m.job_offer_wait());
      if (to === "stays") {
        this.leave();
        return notify(m.job_offer_made());
      }
      await this.#begin(offered).catch((error: unknown) => {
        // This device's clock is slow.
        if (toProblem(error).code !== "quote.expired") throw error;
        return this.#renew();
      });
    });
  }

  async #renew(): Promise<void> {
    if (!this.#ask) return;
    this.offered = await this.#ask();
    this.renewed = true;
  }

  leave(): void {
    this.offered = null;
    this.moved = null;
    this.renewed = false;
  }

  /** What was refused, once more. */
  again(): Promise<void> {
    return this.offered ? this.accept() : this.retry();
  }

  async #begin(quote: Quote): Promise<void> {
    // What is cancelled says that it cannot be any more, for the case that the rest of this has to be repeated.
    if (this.moved?.actions.includes("cancel")) this.moved = await cancelJob(fetch, this.moved.id);
    // It had gone to its provider in this moment: what comes of it is paid.
    if (this.moved?.status === "cancelling") return notify(m.job_offer_wait());
    const next = await createRun(fetch, quote.id);
    this.leave();
    await this.#hearers.onagain(next);
  }

  async #act(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.refused = null;
    try {
      await work();
      await Promise.all([this.look(), invalidate("dailies:runs"), invalidate("dailies:me")]);
    } catch (error) {
      const problem = toProblem(error);
      if (isRefusal(problem)) this.refused = problem;
      else notifyProblem(problem);
    } finally {
      this.busy = false;
    }
  }
}
