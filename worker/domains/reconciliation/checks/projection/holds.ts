import type { Ctx } from "#core/context.ts";
import { entriesOfHolds, holdsInEntries, projectedHolds, removeHolds, rewriteHolds, type ProjectedHold } from "#domains/credits/index.ts";
import type { Entry } from "#objects/wallet/entry.ts";
import { differencesIn, holdsOf } from "../../comparing/holds.ts";
import type { Difference } from "../check.ts";
import { YOUNG_MS } from "./log.ts";
import { inWallet, type Compared } from "./part.ts";

const PAGE = 200;

/** A page of holds against the entries, which were compared with the wallet before. The rows are read first: the wallet may write meanwhile. */
export async function compareHolds(ctx: Ctx, { wallet, hold: after }: { wallet: string; hold: string }): Promise<Compared> {
  const rows = await projectedHolds(ctx, wallet, { after, limit: PAGE });
  const named = await holdsInEntries(ctx, wallet, { after, limit: PAGE });
  const page = [...new Set([...rows.map(({ hold }) => hold), ...named])].toSorted(byName).slice(0, PAGE);
  if (page.length === 0) return { examined: 0, differences: [], repairs: [], next: null };
  const entries = await entriesOfHolds(ctx, wallet, page);
  const expected = holdsOf(wallet, entries);
  const youngFrom = ctx.now() - YOUNG_MS;
  const isYoung = new Set(entries.flatMap(({ body }) => (isAfter(body, youngFrom) ? ((JSON.parse(body) as Entry).hold ?? []) : [])));
  const byId = new Map(rows.map((row) => [row.hold, row]));
  const differences: Difference[] = [];
  const [write, remove]: [ProjectedHold[], string[]] = [[], []];
  for (const hold of page) {
    const difference = judge(wallet, { hold, row: byId.get(hold), right: expected.get(hold) });
    // A row that is behind a young entry is on its way.
    if (!difference || (isYoung.has(hold) && (byId.get(hold)?.seq ?? 0) < (expected.get(hold)?.seq ?? 0))) continue;
    differences.push(difference);
    const right = expected.get(hold);
    if (right) write.push(right);
    else remove.push(hold);
  }
  return { examined: page.length, differences, repairs: [...rewriteHolds(ctx, write), ...removeHolds(ctx, wallet, remove)], next: page.length < PAGE ? null : { hold: page.at(-1) ?? after } };
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1);
const isAfter = (body: string, at: number): boolean => (JSON.parse(body) as Entry).at > at;

function judge(wallet: string, { hold, row, right }: { hold: string; row: ProjectedHold | undefined; right: ProjectedHold | undefined }): Difference | null {
  const about = { ...inWallet(wallet), subject: hold, repaired: "now" as const };
  if (!right) {
    return row ? {
      ...about, key: `extra hold ${hold}`, project: row.project, entry: null, credits: row.credits, severity: "critical", detail: "D1 has a hold that no entry opened", data: { inD1: row },
      explanation: `The copy had a reservation (${hold}) that the wallet never made. It was taken away; no credits were ever held for it.`,
    } : null;
  }
  const differing = row ? differencesIn(row, right) : [];
  if (row && differing.length === 0) return null;
  const credits = row ? Math.max(Math.abs(row.captured - right.captured), Math.abs(row.remaining - right.remaining), Math.abs(row.credits - right.credits)) : right.credits;
  return {
    ...about, key: `hold ${hold}`, project: right.project, entry: right.seq, credits, severity: row ? "critical" : "warning", detail: row ? `D1 has another ${differing.join(", ")}` : "D1 lacks the hold", data: row ? { inD1: row } : {},
    explanation: `The reservation ${hold} stood differently in the copy than the wallet's entries say. The copy was written anew; the wallet was not touched.`,
  };
}
