/** Reads comma-separated values as RFC 4180 has them, and a provider's statement out of them. Pure. */

export interface Charge {
  /** The provider's id of what it billed. */
  charge: string;
  model: string;
  status: string;
  /** Millionths of a dollar. */
  costMicros: number;
  createdAt: number;
}

const CHARGES_MAX = 50_000;
const COST_MICROS_MAX = 1_000_000_000_000;
const columns = ["id", "model", "status", "cost_micros", "created_at"] as const;

/** The records of a text. A quote that never ends makes the rest one field; the columns will not fit then. */
export function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let isQuoted = false;
  const source = text.replace(/^\uFEFF/, "");
  const endRecord = () => {
    record.push(field);
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
    field = "";
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? "";
    if (isQuoted && char === '"' && source[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (char === '"' && (isQuoted || field === "")) isQuoted = !isQuoted;
    else if (!isQuoted && char === ",") {
      record.push(field);
      field = "";
    } else if (!isQuoted && (char === "\n" || (char === "\r" && source[at + 1] === "\n"))) {
      if (char === "\r") at += 1;
      endRecord();
    } else field += char;
  }
  if (field !== "" || record.length > 0) endRecord();
  return records;
}

export type Read = { ok: true; charges: Charge[] } | { ok: false; errors: { line: number; detail: string }[] };

/** A statement: a header line that names the columns in any order, then a line for each thing that was billed. */
export function readStatement(text: string): Read {
  const [header = [], ...records] = recordsOf(text);
  const places = columns.map((column) => header.findIndex((name) => name.trim().toLowerCase() === column));
  const missing = columns.filter((_, index) => places[index] === -1);
  if (missing.length > 0) return { ok: false, errors: [{ line: 1, detail: `the columns ${missing.join(", ")} are missing` }] };
  if (records.length > CHARGES_MAX) return { ok: false, errors: [{ line: CHARGES_MAX + 1, detail: `a statement has at most ${CHARGES_MAX} lines; import shorter periods` }] };
  const charges: Charge[] = [];
  const errors: { line: number; detail: string }[] = [];
  for (const [index, record] of records.entries()) {
    const [id, model, status, cost, createdAt] = places.map((place) => (record[place] ?? "").trim());
    const detail = record.length === header.length ? chargeOf({ id, model, status, cost, createdAt }) : `it has ${record.length} columns, and the header has ${header.length}`;
    if (typeof detail === "string") errors.push({ line: index + 2, detail });
    else charges.push(detail);
  }
  return errors.length > 0 ? { ok: false, errors: errors.slice(0, 20) } : { ok: true, charges };
}

function chargeOf({ id = "", model = "", status = "", cost = "", createdAt = "" }: Partial<Record<"id" | "model" | "status" | "cost" | "createdAt", string>>): Charge | string {
  if (id === "" || id.length > 200) return "id must be 1 to 200 characters";
  if (status === "" || status.length > 40 || model.length > 200) return "status must be 1 to 40 characters, and model at most 200";
  if (!/^\d{1,13}$/.test(cost) || Number(cost) > COST_MICROS_MAX) return "cost_micros must be a whole number of millionths of a dollar";
  const at = Date.parse(createdAt);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(createdAt) || Number.isNaN(at)) return "created_at must be a time such as 2027-02-01T12:00:00Z";
  return { charge: id, model, status, costMicros: Number(cost), createdAt: at };
}
