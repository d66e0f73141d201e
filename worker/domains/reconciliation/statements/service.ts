import type { Ctx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { toPage, type PageQuery } from "#core/page.ts";
import { administratorIn } from "#domains/identity/index.ts";
import { statementImported, type Statement } from "../contract.ts";
import type { StatementRow } from "../tables.ts";
import { readStatement, type Charge } from "./csv.ts";
import { spanOfPeriod } from "./rules.ts";
import { askForStatement } from "./sources.ts";
import * as store from "./store.ts";

const toStatement = ({ importedAt, sha256: _hash, ...row }: StatementRow): Statement => ({ object: "statement", ...row, importedAt: new Date(importedAt).toISOString() });

/** Take in what a provider says that it billed. The next reconciliation compares it. */
export async function importStatement(ctx: Ctx, { provider, period, csv }: { provider: string; period: string; csv?: string | undefined }): Promise<Statement> {
  const me = administratorIn(ctx);
  const span = spanOfPeriod(period);
  if (!span) throw new AppError("request.invalid", "Send a month or a day that there is.", { errors: [{ pointer: "/period", detail: "no such month or day" }] });
  const charges = csv === undefined ? await asked(ctx, provider, span) : written(csv);
  const hash = await sha256(JSON.stringify([period, charges]));
  const row: StatementRow = {
    id: ctx.newId("statement"), provider, period, source: csv === undefined ? "api" : "csv", sha256: hash, charges: charges.length,
    costMicros: charges.reduce((sum, { costMicros }) => sum + costMicros, 0), importedBy: me, importedAt: ctx.now(),
  };
  try {
    await commit(ctx, statementImported(null, row.id, { statement: row.id, provider, period, charges: row.charges }), store.insert(ctx, row, charges.map((charge, index) => ({ line: index + 1, ...charge }))));
  } catch (error) {
    if (isDuplicate(error, "provider_statements")) throw new AppError("statement.known", "The same statement was imported before. Nothing was changed.");
    throw error;
  }
  return toStatement(row);
}

async function asked(ctx: Ctx, provider: string, span: { from: number; to: number }): Promise<Charge[]> {
  const charges = await askForStatement(ctx, provider, span);
  if (!charges) throw new AppError("statement.unavailable", "This provider gives no statements by itself, or is not set up here. Send one as `csv`.");
  return charges;
}

function written(csv: string): Charge[] {
  const read = readStatement(csv);
  if (read.ok) return read.charges;
  const errors = read.errors.map(({ line, detail }) => ({ pointer: `/csv/${line}`, detail: `line ${line}: ${detail}` }));
  throw new AppError("request.invalid", `Correct ${errors.slice(0, 3).map(({ detail }) => detail).join("; ")}. Nothing was imported.`, { errors });
}

export async function listStatements(ctx: Ctx, query: PageQuery) {
  administratorIn(ctx);
  return toPage(await store.list(ctx, query), query.limit, toStatement, ({ importedAt, id }) => [importedAt, id]);
}
