import { toProblem, type ProblemError } from "#lib/api/problem.ts";

/** What a form sends: under way, refused, or neither. What was typed is the form's own and stays as it is. */
export class Sending {
  busy = $state(false);
  problem: ProblemError | null = $state(null);

  /** Does the work, once at a time; answers whether it was done. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = toProblem(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What is wrong with a field. */
  at(pointer: string): string | null {
    return this.problem?.at(pointer) ?? null;
  }
}
