import type { Ctx } from "#core/context.ts";

/** Events of Stripe that are about one kind of thing. */
export interface Family {
  id: string;
  types: readonly string[];
  /** Takes in what is true now of the object that an event named. Idempotent, in any order. Answers why nothing was done, or null. */
  handle(ctx: Ctx, object: string, type: string): Promise<string | null>;
}
