import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import type { CeilingStanding } from "#objects/wallet/ceilings.ts";
import { walletOf } from "../service.ts";
import { type Ceiling, type Ceilings, ceilingChanged, type PutCeiling, type TimeZone, timeZoneChanged } from "./contract.ts";
import { actionsOn, binds, isSubjectId, nameOf } from "./rules.ts";

const own = (ctx: StudioCtx) => walletOf(ctx, ctx.studio);

const toCeiling = (ctx: StudioCtx, { subject, id, period, credits, used, usedBy, resetsAt }: CeilingStanding): Ceiling => ({
  object: "ceiling", subject, id, period, credits, used, usedBy, resetsAt: resetsAt === null ? null : new Date(resetsAt).toISOString(), actions: actionsOn({ subject, id }, ctx),
});

const wrong = (pointer: string, detail: string) => new AppError("request.invalid", `Correct ${pointer} and send it again.`, { errors: [{ pointer, detail }] });

/** The studio's ceilings, with what counts against each now. */
export async function listCeilings(ctx: StudioCtx): Promise<Ceilings> {
  const { timeZone, ceilings } = await own(ctx).ceilings();
  return { data: ceilings.map((ceiling) => toCeiling(ctx, ceiling)), nextCursor: null, timeZone };
}

/** Sets a ceiling. It binds what begins from now on. */
export async function putCeiling(ctx: StudioCtx, input: PutCeiling): Promise<Ceiling> {
  if (!isSubjectId(input.subject, input.id)) throw wrong("/id", `it must be the id of a ${input.subject}, or *`);
  const ceiling = { ...input, id: input.subject === "studio" ? ctx.studio : input.id };
  // The wallet compares: whoever may only lower a ceiling cannot raise it, however old what they read of it is.
  const outcome = await own(ctx).putCeiling({ ceiling, mayRaise: !binds(ceiling, ctx) });
  if (!outcome.ok) {
    switch (outcome.code) {
      case "would_raise":
        throw bound(ctx, `It is at ${outcome.before.credits} credits, and you may lower it.`);
      case "too_many":
        throw new AppError("ceiling.too_many", `A studio has at most ${outcome.most} ceilings. Remove one first; \`*\` as the id makes one for each.`, { most: outcome.most });
      case "invalid":
        throw wrong("/", outcome.detail);
    }
  }
  const { subject, id, period, credits } = ceiling;
  await commit(ctx, ceilingChanged(ctx.studio, id, { subject, id, period, before: outcome.before?.credits ?? null, credits }), []);
  const { ceilings } = await own(ctx).ceilings();
  const standing = ceilings.find((each) => each.subject === subject && each.id === id && each.period === period);
  return toCeiling(ctx, standing ?? { ...ceiling, used: 0, usedBy: null, resetsAt: null });
}

function bound({ actor }: StudioCtx, what: string): AppError {
  const who = actor.kind === "user" ? "This ceiling binds you, and only an owner raises or removes it" : "A key cannot raise or remove ceilings. Do it signed in";
  return new AppError("ceiling.binds_you", `${who}. ${what}`);
}

/** Removes a ceiling. One that was never there, and a name that cannot be, are answered alike. */
export async function removeCeiling(ctx: StudioCtx, address: { subject: string; id: string; period: string }): Promise<void> {
  const name = nameOf(address);
  if (name && binds(name, ctx)) throw bound(ctx, "You may lower it.");
  const { before } = name ? await own(ctx).removeCeiling(name) : { before: null };
  if (!name || !before) throw new AppError("ceiling.not_found", "There is no such ceiling. List them at /api/v1/wallet/ceilings.");
  const { subject, id, period, credits } = before;
  await commit(ctx, ceilingChanged(ctx.studio, id, { subject, id, period, before: credits, credits: null }), []);
}

/** Says in whose days and months ceilings are counted. A key cannot: in another zone a new day may have begun. */
export async function setTimeZone(ctx: StudioCtx, { timeZone }: TimeZone): Promise<TimeZone> {
  if (ctx.actor.kind !== "user") throw new AppError("ceiling.binds_you", "A key cannot change when days and months begin. Do it signed in, as an owner.");
  const outcome = await own(ctx).setTimeZone({ timeZone });
  if (!outcome.ok) throw wrong("/timeZone", outcome.detail);
  await commit(ctx, timeZoneChanged(ctx.studio, ctx.studio, { before: outcome.before, timeZone }), []);
  return { timeZone };
}
