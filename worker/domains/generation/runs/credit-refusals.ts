/** The three ways in which a wallet says no to a run, each with what the caller can do about it. */
import { AppError } from "#core/errors.ts";
import type { Refusal } from "#objects/run/opening.ts";
import type { ReachedCeiling } from "#objects/wallet/commands.ts";

const whose: Record<ReachedCeiling["subject"], string> = { run: "of one run", project: "of this project", apiKey: "of this key", member: "of yours", studio: "of the studio" };
const per: Record<ReachedCeiling["period"], string> = { absolute: "in all", day: "a day", month: "a month" };

export function creditsRefusal(refusal: Extract<Refusal, { code: "credits" }>): AppError {
  const { need, available, held } = refusal;
  const facts = { need, available, held };
  switch (refusal.why) {
    case "held_elsewhere":
      return new AppError("credits.held_elsewhere", `This needs ${need} credits. ${available} are free, and ${held} are held by runs that are under way. Wait for them, or cancel one.`, { ...facts, runs: refusal.runs });
    case "ceiling_reached":
      return ceilingRefusal(refusal.ceiling, facts);
    case "debt":
      return new AppError("credits.insufficient", "Credits are owed, because a payment was taken back. New credits pay them first; add some, and this can begin.", facts);
    case "insufficient":
      return new AppError("credits.insufficient", `This needs ${need} credits, and ${available} are there.`, facts);
  }
}

function ceilingRefusal({ subject, id, period, credits, used, resetsAt }: ReachedCeiling, facts: { need: number; available: number; held: number }): AppError {
  const resets = resetsAt === null ? null : new Date(resetsAt).toISOString();
  const wait = resets === null ? "" : ` It begins anew at ${resets}.`;
  return new AppError(
    "credits.ceiling_reached",
    `This needs ${facts.need} credits. The ceiling ${whose[subject]} is ${credits} credits ${per[period]}, of which ${used} are used.${wait} An owner can raise it.`,
    { ...facts, ceiling: { subject, id, period, credits, used, resetsAt: resets } },
  );
}
