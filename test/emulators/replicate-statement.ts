/** What the emulated provider says that it billed: as a file that people send in, and as the list that programs ask for. */
import type { ReplicateEmulator } from "./replicate.ts";

const CREATED_AT = "2026-11-20T00:00:00Z";
const PAGE = 3;

export interface BilledLine {
  id: string;
  model: string;
  status: string;
  cost_micros: number;
  created_at: string;
}

/** A line for each prediction, at a price of its own. */
export function billedBy(emulator: ReplicateEmulator, { micros = 12_000, at = CREATED_AT }: { micros?: number; at?: string } = {}): BilledLine[] {
  return [...emulator.predictions.values()].map(({ id, model, status }) => ({ id, model, status, cost_micros: micros, created_at: at }));
}

const quoted = (value: string | number): string => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));

export const statementCsv = (lines: readonly BilledLine[]): string =>
  ["id,model,status,cost_micros,created_at", ...lines.map(({ id, model, status, cost_micros: cost, created_at: at }) => [id, model, status, cost, at].map(quoted).join(","))].join("\r\n");

/** Answers `GET /v1/predictions` of the predictions contract: newest first, a few on a page. Null for every other request. */
export function listedBy(emulator: ReplicateEmulator, request: Request, at: string = CREATED_AT): Response | null {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.pathname !== "/v1/predictions") return null;
  if (request.headers.get("authorization") !== `Bearer ${emulator.options.token}`) return Response.json({ detail: "Unauthenticated", status: 401 }, { status: 401 });
  const newest = billedBy(emulator).toReversed();
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const results = newest.slice(from, from + PAGE).map(({ id, model, status }) => ({ id, model, status, created_at: at, metrics: { predict_time: 1 } }));
  const next = from + PAGE < newest.length ? new URL(`/v1/predictions?cursor=${from + PAGE}`, emulator.options.origin).href : null;
  return Response.json({ previous: null, next, results });
}
