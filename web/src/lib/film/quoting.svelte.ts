import { createQuote, createRun } from "#lib/api/making.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import type { Quote, Run, Target } from "#lib/api/types.ts";

/** A quote for a target, kept fresh, and the run that it becomes. */
export class Quoting {
  quote: Quote | null = $state(null);
  problem: ProblemError | null = $state(null);
  busy = $state(false);
  /** The quote changed between showing and starting: the new figures have to be agreed to. */
  renewed = $state(false);
  #asked = 0;

  /** Asks what a target would take. The newest question wins. */
  async ask(input: { project: string; target: Target; scenes?: string[] }): Promise<void> {
    const asked = (this.#asked += 1);
    try {
      const quote = await createQuote(fetch, input);
      if (asked !== this.#asked) return;
      this.quote = quote;
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.quote = null;
      this.problem = toProblem(error);
    }
  }

  /** Starts the run that was quoted; null where it was refused, with the problem. */
  async start(): Promise<Run | null> {
    if (!this.quote) return null;
    const { project, target } = this.quote;
    this.busy = true;
    this.renewed = false;
    try {
      return await createRun(fetch, this.quote.id);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === "quote.expired" || problem.code === "quote.used") {
        await this.ask({ project, target });
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
