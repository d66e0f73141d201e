/** What tests use of the verifier: see verify-statement.mjs. */
export class Wrong extends Error {
  readonly seq: number | null;
}

interface Checked {
  state: { seq: number; head: string; accounts: Record<string, number>; isWhole: boolean };
  signed: { number: number; at: number; kid: string } | null;
  leaf: { seq: number; head: string | null };
}

export function checkStatement(statement: unknown, keys?: unknown): Checked;
export function checkOlder(statement: unknown, older: unknown): void;
