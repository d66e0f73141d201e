import type { Ctx } from "#core/context.ts";
import { compareRun, type RunFault } from "../comparing/runs.ts";
import { entryOf } from "./catalogue.ts";
import { END, nothing, type Check, type Difference, type StepResult } from "./check.ts";
import * as store from "./ledger/store.ts";
import { YOUNG_MS } from "./projection/log.ts";

const RUNS = 20;
const HOLDS = 500;
/** A hold whose run is not there after this belongs to none: opening takes seconds, and undoes itself. */
const STRAY_MS = 2 * 3_600_000;

type Place = { part: "runs"; after: string } | { part: "holds"; wallet: string; hold: string };

/** What runs and jobs say that they cost against what the wallets' entries say. */
export const jobsLedger: Check = {
  ...entryOf("jobs-ledger"),
  async step(ctx, { studio, at }) {
    const place = (at as Place | null) ?? { part: "runs", after: "" };
    return place.part === "runs" ? compareRuns(ctx, { studio, after: place.after }) : findStrays(ctx, { studio, wallet: place.wallet, hold: place.hold });
  },
};

async function compareRuns(ctx: Ctx, { studio, after }: { studio: string | null; after: string }): Promise<StepResult> {
  const runs = await store.runsAfter(ctx, { studio, after, limit: RUNS, settledBefore: ctx.now() - YOUNG_MS });
  const ids = runs.map(({ id }) => id);
  const [jobs, holds] = await Promise.all([store.jobsOf(ctx, ids), store.holdsOfRuns(ctx, ids)]);
  const [captures, told] = await Promise.all([store.capturesOf(ctx, holds), store.toldUncaptured(ctx, jobs.map(({ id }) => id))]);
  const runOfHold = new Map(holds.map(({ wallet, id, run }) => [`${wallet} ${id}`, run]));
  const differences = runs.flatMap((run) => {
    const faults = compareRun(run, {
      jobs: jobs.filter((job) => job.run === run.id), holds: holds.filter((hold) => hold.run === run.id), captures: captures.filter(({ wallet, hold }) => runOfHold.get(`${wallet} ${hold}`) === run.id),
    });
    const elsewhere = holds.filter((hold) => hold.run === run.id && hold.wallet !== run.studio);
    return [
      ...faults.filter(({ kind, subject }) => kind !== "uncaptured" || !told.has(subject)).map((fault) => toDifference(run, fault)),
      ...elsewhere.map(({ wallet, id, credits }) => toDifference(run, { kind: "held", subject: id, entry: null, credits, words: "The run's hold is in the wallet of another studio.", holder: wallet })),
    ];
  });
  const last = runs.length < RUNS ? null : (ids.at(-1) ?? null);
  const next: Place = last === null ? { part: "holds", wallet: "", hold: "" } : { part: "runs", after: last };
  return { examined: runs.length + jobs.length, differences, repairs: [], finished: [{ from: `run ${after}`, to: `run ${last ?? END}` }], next };
}

/** Where we lose, it is a warning; where a customer does, or nobody knows, it is critical. */
const severities: Record<RunFault["kind"], Difference["severity"]> = {
  captured_twice: "critical", captured_unmade: "critical", captured_unknown: "critical", amount: "critical", above_quote: "critical", sum: "critical", held: "critical", returned: "critical",
  uncaptured: "warning", left_open: "warning",
};

const toDifference = ({ id, studio, project }: store.RunRead, { kind, subject, entry, credits, words, holder }: RunFault & { holder?: string }): Difference => ({
  ...nothing, key: `${kind} ${subject} ${entry ?? ""}`, unit: `run ${id}`, studio, project, subject, entry, credits, severity: severities[kind], detail: kind, data: { run: id, ...(holder === undefined ? {} : { holder }) },
  explanation: `${words} Credits move only after two administrators agree.`,
});

/** Holds that were taken, and captures that were made, for runs that nobody knows. */
async function findStrays(ctx: Ctx, { studio, wallet, hold }: { studio: string | null; wallet: string; hold: string }): Promise<StepResult> {
  const rows = await store.holdsAfter(ctx, { studio, wallet, hold, limit: HOLDS });
  const strays = rows.filter(({ isStray, state, captured, openedAt }) => isStray === 1 && (captured > 0 || state === "open") && openedAt < ctx.now() - STRAY_MS);
  const last = rows.length < HOLDS ? undefined : rows.at(-1);
  return {
    examined: rows.length, repairs: [], finished: [{ from: `hold ${wallet} ${hold}`, to: last ? `hold ${last.wallet} ${last.id}` : `hold ${END}` }],
    differences: strays.map((stray) => ({
      ...nothing, key: "stray", unit: `hold ${stray.wallet} ${stray.id}`, studio: stray.wallet, project: stray.project, subject: stray.id, credits: stray.captured > 0 ? stray.captured : stray.credits,
      severity: stray.captured > 0 ? "critical" : "warning", detail: `its run ${stray.run} is not there`, data: { run: stray.run, state: stray.state },
      explanation: stray.captured > 0
        ? `${stray.captured} credits were captured for the run ${stray.run}, which is not there. Credits move only after two administrators agree.`
        : `${stray.credits} credits are reserved for the run ${stray.run}, which is not there. They come back when the reservation expires.`,
    })),
    next: !last ? null : { part: "holds", wallet: last.wallet, hold: last.id } satisfies Place,
  };
}
