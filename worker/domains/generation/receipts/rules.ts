/** A receipt from the entries of a run's hold and from what the run says of itself. Every figure is the ledger's. */
import { csvOf } from "#core/csv.ts";
import { isTerminal } from "#film/next.ts";
import { outcomeOf, outcomeTable } from "#film/outcomes.ts";
import { projectOf } from "#objects/run/snapshot.ts";
import type { JobView, RunView } from "#objects/run/view.ts";
import { buckets } from "#objects/wallet/commands.ts";
import type { Account, Entry, StoredEntry } from "#objects/wallet/entry.ts";
import type { Receipt, ReceiptItem } from "./contract.ts";

interface Written {
  seq: number;
  hash: string;
  entry: Entry;
}

const iso = (at: number): string => new Date(at).toISOString();
const placeOf = ({ seq, hash, entry }: Written) => ({ seq, hash, at: iso(entry.at) });
const into = ({ entry }: Written, accounts: readonly Account[]): number => entry.postings.reduce((sum, { account, credits }) => sum + (accounts.includes(account) ? credits : 0), 0);

export interface Facts {
  run: RunView;
  jobs: JobView[];
  /** The entries of its hold, oldest first. */
  entries: StoredEntry[];
  madeAt: number;
}

export function receiptOf({ run, jobs, entries, madeAt }: Facts): Receipt {
  const log = entries.map(({ seq, hash, body }): Written => ({ seq, hash, entry: JSON.parse(body) as Entry }));
  const opened = log.find(({ entry }) => entry.kind === "hold");
  const closed = log.find(({ entry }) => entry.kind === "release" || entry.kind === "hold_expired");
  const captures = new Map(log.filter(({ entry }) => entry.kind === "capture").map((written) => [written.entry.item ?? "", written]));
  const quoted = opened ? into(opened, ["held"]) : 0;
  const captured = [...captures.values()].reduce((sum, written) => sum + into(written, ["spent"]), 0);
  const rest = quoted - captured;
  const items = jobs.map((job) => itemOf(job, captures.get(job.id), closed ? "ended" : "open"));
  return {
    object: "receipt", run: run.id, project: projectOf(run), quote: run.quote, status: run.status, madeAt: iso(madeAt), final: closed !== undefined,
    hold: opened ? { id: run.hold, credits: quoted, opened: placeOf(opened), expiresAt: iso(opened.entry.expiresAt ?? 0), closed: closed ? endOf(closed) : null } : null,
    credits: { quoted, captured, returned: closed ? rest : 0, held: closed ? 0 : rest },
    items, differences: differencesOf(run, jobs, { captures, quoted, captured, isClosed: closed !== undefined, isKnown: opened !== undefined }),
  };
}

const endOf = (closed: Written) => ({
  ...placeOf(closed), cause: closed.entry.reason ?? "expired", back: into(closed, buckets), expired: into(closed, ["expired"]), paidDebt: into(closed, ["debt"]),
});

function itemOf(job: JobView, capture: Written | undefined, hold: "open" | "ended"): ReceiptItem {
  const outcome = outcomeOf(job);
  const row = outcomeTable.find((each) => each.outcome === outcome);
  const captured = capture ? into(capture, ["spent"]) : 0;
  return {
    job: job.id, node: job.node, label: job.label, status: job.status, outcome, happened: row?.happened ?? null, pays: row?.pays ?? null, problem: job.problem?.detail ?? null,
    quoted: job.quoted, captured, returned: hold === "ended" ? job.quoted - captured : 0, entry: capture ? placeOf(capture) : null,
  };
}

interface Ledger {
  captures: Map<string, Written>;
  quoted: number;
  captured: number;
  isClosed: boolean;
  isKnown: boolean;
}

/** Where a run that is over says something else than the ledger. One that is under way may be a moment behind. */
function differencesOf(run: RunView, jobs: JobView[], { captures, quoted, captured, isClosed, isKnown }: Ledger): string[] {
  if (!isKnown) return ["The wallet knows of no hold of this run."];
  const found: string[] = [];
  const ids = new Set(jobs.map(({ id }) => id));
  for (const [item, written] of captures) if (!ids.has(item)) found.push(`The ledger has ${into(written, ["spent"])} credits captured for ${item}, which is no job of this run.`);
  const items = jobs.reduce((sum, job) => sum + job.quoted, 0);
  if (items !== quoted) found.push(`The items were quoted at ${items} credits, and the ledger has a hold of ${quoted}.`);
  if (run.finishedAt === null) return found;
  for (const job of jobs.filter(({ status }) => isTerminal(status))) {
    const inLedger = captures.get(job.id);
    const credits = inLedger ? into(inLedger, ["spent"]) : 0;
    if (credits !== job.captured) found.push(`${job.label}: the run says ${job.captured} credits captured, the ledger ${credits}.`);
  }
  if (run.captured !== captured) found.push(`The run says ${run.captured} credits captured, the ledger ${captured}.`);
  if (!isClosed) found.push("The run is over, and its hold in the ledger is open.");
  else if (run.returned !== quoted - captured) found.push(`The run says ${run.returned} credits returned, the ledger ${quoted - captured}.`);
  return found;
}

/** A receipt as a file for a spreadsheet: a line for each item. There is no line of totals, since it would be added up with the others. */
export function toCsv({ items }: Receipt): string {
  const head = ["job", "item", "node", "status", "outcome", "quoted", "captured", "returned", "entry", "entry_hash", "why"];
  return csvOf([head, ...items.map((item) => [
    item.job, item.label, item.node, item.status, item.outcome ?? "", item.quoted, item.captured, item.returned, item.entry?.seq ?? "", item.entry?.hash ?? "",
    [item.happened, item.pays, item.problem].filter((text) => text !== null).join(" "),
  ])]);
}
