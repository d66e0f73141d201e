import { createQuote, createRun } from "#lib/api/making.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import type { Quote, QuoteInput, Run } from "#lib/api/types.ts";

/** A quote for a target, kept fresh, and the run that it becomes. */
export class Quoting {
  quote: Quote | null = $state(null);
  problem: ProblemError | null = $state(null);
  busy = $state(false);
  /** The quote changed between showing and starting: the new figures have to be agreed to. */
  renewed = $state(false);
  #asked = 0;
  #input: QuoteInput | null = null;

  /** Asks what a target would take. The newest question wins: of any other the answer is not heard, which is told. */
  async ask(input: QuoteInput): Promise<"heard" | "dropped"> {
    const asked = (this.#asked += 1);
    this.#input = input;
    try {
      const quote = await createQuote(fetch, input);
      if (asked !== this.#asked) return "dropped";
      this.quote = quote;
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return "dropped";
      this.quote = null;
      this.problem = toProblem(error);
    }
    return "heard";
  }

  /** What was asked is no longer meant: an answer that is still on its way is not heard. */
  drop(): void {
    this.#asked += 1;
    this.#input = null;
    this.quote = null;
    this.problem = null;
    this.renewed = false;
  }

  /** Starts the run that was quoted; null where it was refused, with the problem. */
  async start(): Promise<Run | null> {
    if (!this.quote) return null;
    this.busy = true;
    this.renewed = false;
    try {
      return await createRun(fetch, this.quote.id);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === "quote.expired" || problem.code === "quote.used") {
        if (this.#input) await this.ask(this.#input);
        this.renewed = true;
      } else {
        this.problem = problem;
      }
      return null;
    } finally {
      this.busy = false;
    }
  }
}
