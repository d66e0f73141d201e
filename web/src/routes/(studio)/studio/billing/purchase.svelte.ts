import { createCheckout, type PaidPlan } from "#lib/api/billing.ts";
import { newIdempotencyKey } from "#lib/api/client.ts";
import { toProblem, type ProblemError } from "#lib/api/problem.ts";
import type { Pack } from "#lib/api/types.ts";

/** The way to Stripe's page for one plan or pack. Pressing twice, or again after a lost answer, opens one page. */
export class Purchase {
  busy = $state(false);
  problem: ProblemError | null = $state(null);
  readonly #key = newIdempotencyKey();

  async begin(what: { plan: PaidPlan } | { pack: Pack["code"] }, next: string | null): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const returnTo = next === null ? "/studio/billing" : `/studio/billing?next=${encodeURIComponent(next)}`;
      location.assign((await createCheckout(fetch, { ...what, returnTo }, this.#key)).url);
    } catch (error) {
      this.problem = toProblem(error);
      this.busy = false;
    }
  }

  /** The browser showed this page again, as it was when it was left. */
  cameBack(): void {
    this.busy = false;
  }
}
