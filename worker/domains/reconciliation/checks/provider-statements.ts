import type { Ctx } from "#core/context.ts";
import { judgeCharge, type KnownAttempt } from "../comparing/statements.ts";
import { overlap, spanOfPeriod } from "../statements/rules.ts";
import * as statements from "../statements/store.ts";
import type { ChargeRow, StatementRow } from "../tables.ts";
import { entryOf } from "./catalogue.ts";
import { nothing, only, type Check, type Difference, type StepResult } from "./check.ts";
import { attemptsNamed, deliveredBetween, type AttemptRow, type Position } from "./statements/store.ts";

const LINES = 400;
/** Clocks differ, and what was submitted before midnight may be billed after it. */
const EDGE_MS = 3_600_000;

type Place = { statement: string; part: "lines"; line: number } | ({ statement: string; part: "attempts" } & Position);

/** What providers say that they billed against what we submitted and what was captured. */
export const providerStatements: Check = {
  ...entryOf("provider-statements"),
  async step(ctx, { at }) {
    const place = at as Place | null;
    const statement = place && (await statements.get(ctx, place.statement));
    if (!place || !statement) return begin(ctx, "");
    return place.part === "lines" ? compareLines(ctx, statement, place.line) : findUnbilled(ctx, statement, place);
  },
};

const nothingYet = { examined: 0, differences: [], repairs: [] };

/** Begins the next statement. One that was imported again for the same time counts no more, and neither does what was found in it. */
async function begin(ctx: Ctx, after: string): Promise<StepResult> {
  const statement = await statements.nextAfter(ctx, after);
  if (!statement) return { ...nothingYet, finished: [], next: null };
  const isCurrent = !(await statements.ofProvider(ctx, statement.provider)).some(({ period, importedAt, id }) => period === statement.period && id !== statement.id && importedAt > statement.importedAt);
  if (isCurrent) return { ...nothingYet, finished: [], next: { statement: statement.id, part: "lines", line: 0 } satisfies Place };
  return { ...await begin(ctx, statement.id), finished: [only(statement.id)] };
}

async function compareLines(ctx: Ctx, statement: StatementRow, after: number): Promise<StepResult> {
  const lines = await statements.chargesAfter(ctx, statement.id, { line: after, limit: LINES });
  const ids = [...new Set(lines.map(({ charge }) => charge))];
  const [attempts, all, siblings] = await Promise.all([attemptsNamed(ctx, statement.provider, ids), statements.chargesNamed(ctx, statement.provider, ids), statements.ofProvider(ctx, statement.provider)]);
  const known = byCharge(attempts);
  const differences = lines.flatMap((line): Difference[] => {
    const attempt = known.get(line.charge);
    return judgeCharge(line, { attempt: attempt ? toKnown(attempt) : null, elsewhere: billedBefore(statement, line, all, siblings) }).map(({ kind, severity, words }) => ({
      ...nothing, key: `${kind} ${line.charge} ${kind === "twice" ? line.line : ""}`, unit: statement.id, studio: attempt?.studio ?? null, project: attempt?.project ?? null, subject: line.charge, severity,
      detail: `billed: ${kind}`, explanation: words, data: { provider: statement.provider, period: statement.period, line: line.line, costMicros: line.costMicros, status: line.status, ...(attempt ? { run: attempt.run, job: attempt.job } : {}) },
    }));
  });
  const last = lines.at(-1)?.line ?? after;
  const next: Place = lines.length < LINES ? { statement: statement.id, part: "attempts", at: 0, job: "" } : { statement: statement.id, part: "lines", line: last };
  return { examined: lines.length, differences, repairs: [], finished: [], next };
}

const byCharge = (attempts: readonly AttemptRow[]): Map<string, AttemptRow> =>
  new Map(attempts.flatMap((attempt) => [[`${attempt.job}-${attempt.attempt}`, attempt] as const, ...(attempt.ticket === null ? [] : [[attempt.ticket, attempt] as const])]));

const toKnown = ({ job, attempt, label, status, attempts, finishedAt }: AttemptRow): KnownAttempt =>
  ({ job, attempt, label, ended: finishedAt === null ? null : status, isDelivered: status === "succeeded" && attempts === attempt });

/** Where a charge stands already: earlier in the same statement, or in one of another time. Statements of one time are taken for the same bill, the newest of them. */
function billedBefore(statement: StatementRow, { line, charge }: ChargeRow, all: readonly ChargeRow[], siblings: readonly StatementRow[]): string | null {
  const others = all.filter((other) => other.charge === charge && other.costMicros > 0);
  const here = others.find((other) => other.statement === statement.id && other.line < line);
  if (here) return `line ${here.line} of the same statement`;
  const earlier = siblings.find(({ id, period }) => id !== statement.id && period < statement.period && !overlap(period, statement.period) && others.some((other) => other.statement === id));
  return earlier ? `the statement of ${earlier.period}` : null;
}

/** What was delivered and stands in no statement of the provider: it will be billed later, or never. */
async function findUnbilled(ctx: Ctx, statement: StatementRow, after: Position): Promise<StepResult> {
  const span = spanOfPeriod(statement.period) ?? { from: 0, to: 0 };
  const [first] = statement.source === "api" ? await statements.chargesAfter(ctx, statement.id, { line: 0, limit: 1 }) : [];
  // Whoever is asked tells only as far back as they remember.
  const from = Math.max(span.from + EDGE_MS, first?.createdAt ?? 0);
  const to = Math.min(span.to - EDGE_MS, statement.importedAt - EDGE_MS);
  const attempts = to <= from ? [] : await deliveredBetween(ctx, statement.provider, { from, to, after, limit: LINES });
  const names = new Map(attempts.map((attempt) => [`${attempt.job}-${attempt.attempt}`, attempt]));
  const billed = new Set((await statements.chargesNamed(ctx, statement.provider, attempts.flatMap(({ job, attempt, ticket }) => [`${job}-${attempt}`, ...(ticket === null ? [] : [ticket])]))).map(({ charge }) => charge));
  const unbilled = [...names].filter(([id, { ticket }]) => !billed.has(id) && (ticket === null || !billed.has(ticket)));
  const last = attempts.at(-1);
  const more = attempts.length < LINES || !last ? await begin(ctx, statement.id) : { ...nothingYet, finished: [], next: { statement: statement.id, part: "attempts", at: last.at, job: last.job } satisfies Place };
  return {
    examined: attempts.length, repairs: [], next: more.next, finished: [...(attempts.length < LINES ? [only(statement.id)] : []), ...more.finished],
    differences: unbilled.map(([id, { label, studio, project, run, job }]) => ({
      ...nothing, key: `unbilled ${id}`, unit: statement.id, studio, project, subject: id, severity: "info", detail: "not billed", data: { provider: statement.provider, period: statement.period, run, job },
      explanation: `“${label}” was delivered, and the provider's statement of ${statement.period} does not name it. It may be billed later.`,
    })),
  };
}
