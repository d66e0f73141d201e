import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { findSubscription, isLive, monthStart, nextMonthStart, walletOf } from "#domains/credits/index.ts";
import { toolNames } from "#domains/generation/index.ts";
import { keyNames, peopleById } from "#domains/identity/index.ts";
import { projectTitles } from "#domains/projects/index.ts";
import { FRAME_RATE } from "#film/film.ts";
import type { Usage, UsageBy, UsageQuery, UsageRow, UsageSummary } from "./contract.ts";
import { dateAt, daysMeant, daysOf, type Day } from "./rules.ts";
import * as store from "./store.ts";

type Figures = Omit<UsageRow, "id" | "name">;

/** What the studio used, by day or by what it was for. Credits count when they were captured, jobs when they ended. */
export async function getUsage(ctx: StudioCtx, { by, ...asked }: UsageQuery): Promise<Usage> {
  const { timeZone } = await walletOf(ctx, ctx.studio).ceilings();
  const meant = daysMeant(asked, dateAt(ctx.now(), timeZone));
  if ("detail" in meant) throw new AppError("request.invalid", `Correct ${meant.pointer}: it ${meant.detail}.`, { errors: [meant] });
  const days = daysOf(meant, timeZone);
  const rows = by === "day" ? await byDay(ctx, days) : await byOther(ctx, by, { from: days[0]?.from ?? 0, to: days.at(-1)?.to ?? 0 });
  return { object: "usage", by, ...meant, timeZone, totals: sumOf(rows), data: rows };
}

async function byDay(ctx: StudioCtx, days: Day[]): Promise<UsageRow[]> {
  const [captured, ended] = await Promise.all([store.capturedByDay(ctx, days), store.endedByDay(ctx, days)]);
  const found = joined(captured, ended);
  return days.map(({ date }, place) => ({ id: date, name: date, ...(found.get(place) ?? figuresOf(0)) }));
}

async function byOther(ctx: StudioCtx, by: Exclude<UsageBy, "day">, time: store.Time): Promise<UsageRow[]> {
  const [captured, ended] = await Promise.all([store.capturedBy(ctx, by, time), store.endedBy(ctx, by, time)]);
  const found = [...joined(captured, ended)].map(([id, figures]) => ({ id: id === null ? null : String(id), ...figures }));
  const names = await namesOf(ctx, by, found.flatMap(({ id }) => id ?? []));
  return found.map(({ id, ...figures }) => ({ id, name: id === null ? null : (names.get(id) ?? id), ...figures }))
    .sort((a, b) => b.credits.captured - a.credits.captured || b.jobs.delivered - a.jobs.delivered || ((a.id ?? "") < (b.id ?? "") ? -1 : 1));
}

function joined(captured: store.Captured[], ended: store.Ended[]): Map<string | number | null, Figures> {
  const paid = new Map(captured.map((row) => [row.id, row.captured]));
  const jobs = new Map(ended.map((row) => [row.id, row]));
  return new Map([...new Set([...paid.keys(), ...jobs.keys()])].map((id) => [id, figuresOf(paid.get(id) ?? 0, jobs.get(id))]));
}

function figuresOf(captured: number, ended?: store.Ended): Figures {
  const { quoted = 0, paid = 0, delivered = 0, failed = 0, refused = 0, cancelled = 0, expired = 0, frames = 0 } = ended ?? {};
  return { credits: { captured, quoted, returned: quoted - paid }, jobs: { delivered, failed, refused, cancelled, expired }, seconds: toMilliseconds(frames / FRAME_RATE) };
}

/** Seconds to the millisecond, so that what is added up is what is shown. */
const toMilliseconds = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

function sumOf(rows: Figures[]): Figures {
  const sum = (of: (row: Figures) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    credits: { captured: sum(({ credits }) => credits.captured), quoted: sum(({ credits }) => credits.quoted), returned: sum(({ credits }) => credits.returned) },
    jobs: {
      delivered: sum(({ jobs }) => jobs.delivered), failed: sum(({ jobs }) => jobs.failed), refused: sum(({ jobs }) => jobs.refused), cancelled: sum(({ jobs }) => jobs.cancelled),
      expired: sum(({ jobs }) => jobs.expired),
    },
    seconds: toMilliseconds(sum(({ seconds }) => seconds)),
  };
}

/** What people call it. What is not there any more keeps its id. */
async function namesOf(ctx: StudioCtx, by: Exclude<UsageBy, "day">, ids: string[]): Promise<ReadonlyMap<string, string>> {
  switch (by) {
    case "project":
      return projectTitles(ctx, ids);
    case "member":
      return new Map([...await peopleById(ctx, ids)].map(([id, { name }]) => [id, name]));
    case "key":
      return keyNames(ctx, ids);
    case "tool":
      return toolNames;
    case "model":
      return new Map();
  }
}

/** The present period: the plan's where one is paid for, else the calendar month. */
async function periodOf(ctx: StudioCtx): Promise<store.Time> {
  const now = ctx.now();
  const plan = await findSubscription(ctx, ctx.studio);
  const { status, periodStart: from = null, periodEnd: to = null } = plan ?? {};
  return status !== undefined && isLive(status) && from !== null && to !== null && from <= now && now < to ? { from, to } : { from: monthStart(now), to: nextMonthStart(now) };
}

/** What the studio spent in this period, out of which buckets, and how near its quotes were. */
export async function getUsageSummary(ctx: StudioCtx): Promise<UsageSummary> {
  const time = await periodOf(ctx);
  const [byBucket, { opened, free, ended, exceeded, ...runs }] = await Promise.all([store.capturedByBucket(ctx, time), store.runFigures(ctx, time)]);
  return {
    object: "usage_summary", from: new Date(time.from).toISOString(), to: new Date(time.to).toISOString(),
    credits: { spent: byBucket.reduce((sum, { spent }) => sum + spent, 0), byBucket }, runs: { opened, free }, quotes: { runs: ended, ...runs, exceeded },
  };
}
