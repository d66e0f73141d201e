/** A run with its jobs against the ledger's entries of its holds. Pure. */

export interface RunFacts {
  id: string;
  studio: string;
  project: string;
  quoted: number;
  captured: number;
  returned: number;
  isOver: boolean;
}

export interface JobFacts {
  id: string;
  label: string;
  status: string;
  attempts: number;
  quoted: number;
  captured: number;
}

export interface HoldFacts {
  id: string;
  state: string;
  credits: number;
  captured: number;
}

export interface CaptureFacts {
  hold: string;
  /** The job that was delivered. */
  item: string;
  credits: number;
  seq: number;
}

/** What is wrong, of what, and by how much. */
export interface RunFault {
  kind: "captured_twice" | "captured_unmade" | "captured_unknown" | "amount" | "above_quote" | "uncaptured" | "sum" | "left_open" | "held" | "returned";
  subject: string;
  entry: number | null;
  credits: number;
  words: string;
}

/** Compares a run. Only `left_open` and captures that cannot be right are said of one that is not over. */
export function compareRun(run: RunFacts, { jobs, holds, captures }: { jobs: readonly JobFacts[]; holds: readonly HoldFacts[]; captures: readonly CaptureFacts[] }): RunFault[] {
  const known = new Map(jobs.map((job) => [job.id, job]));
  const strangers = captures.filter(({ item }) => !known.has(item)).map((capture): RunFault => ({
    kind: "captured_unknown", subject: capture.item, entry: capture.seq, credits: capture.credits, words: `${capture.credits} credits were captured for ${capture.item}, which is no job of this run.`,
  }));
  const ofJobs = jobs.flatMap((job) => compareJob(run, job, captures.filter(({ item }) => item === job.id)));
  return [...strangers, ...ofJobs, ...(run.isOver ? compareSums(run, { holds, captures }) : [])];
}

function compareJob(run: RunFacts, job: JobFacts, captures: readonly CaptureFacts[]): RunFault[] {
  const [first, ...more] = captures;
  const name = `“${job.label}”`;
  const faults = more.map((capture): RunFault => ({
    kind: "captured_twice", subject: job.id, entry: capture.seq, credits: capture.credits, words: `${name} was paid once by entry ${first?.seq}, and ${capture.credits} credits more were captured for it by entry ${capture.seq}.`,
  }));
  const add = (kind: RunFault["kind"], entry: number | null, credits: number, words: string) => faults.push({ kind, subject: job.id, entry, credits, words });
  if (first && first.credits > job.quoted) add("above_quote", first.seq, first.credits - job.quoted, `${name} was quoted at ${job.quoted} credits, and ${first.credits} were captured.`);
  if (!run.isOver) return faults;
  if (first && job.status !== "succeeded") add("captured_unmade", first.seq, first.credits, `${name} ended ${job.status}, and ${first.credits} credits were captured for it.`);
  else if (first && first.credits !== job.captured) add("amount", first.seq, Math.abs(first.credits - job.captured), `${first.credits} credits were captured for ${name}, and its run says ${job.captured}.`);
  else if (!first && job.captured > 0) add("amount", null, job.captured, `The run says that ${job.captured} credits were captured for ${name}, and no entry says so.`);
  // Nothing is captured for a take that was there already: no attempt was made.
  else if (!first && job.status === "succeeded" && job.attempts > 0 && job.quoted > 0) add("uncaptured", null, job.quoted, `${name} was delivered, and its ${job.quoted} credits were never captured.`);
  return faults;
}

function compareSums(run: RunFacts, { holds, captures }: { holds: readonly HoldFacts[]; captures: readonly CaptureFacts[] }): RunFault[] {
  const faults: RunFault[] = [];
  const inLedger = captures.reduce((sum, { credits }) => sum + credits, 0);
  const about = { subject: run.id, entry: null };
  if (inLedger !== run.captured) faults.push({ ...about, kind: "sum", credits: Math.abs(inLedger - run.captured), words: `The run says that it captured ${run.captured} credits, and the entries of its holds add up to ${inLedger}.` });
  if (run.returned !== run.quoted - run.captured) faults.push({ ...about, kind: "returned", credits: Math.abs(run.quoted - run.captured - run.returned), words: `Of ${run.quoted} credits ${run.captured} were captured and ${run.returned} returned, which does not add up.` });
  for (const hold of holds.filter(({ state }) => state === "open")) {
    faults.push({ kind: "left_open", subject: hold.id, entry: null, credits: hold.credits - hold.captured, words: `The run is over, and its hold still reserves ${hold.credits - hold.captured} credits. They come back when it expires.` });
  }
  const taken = holds.filter(({ state }) => state !== "compensated");
  if (taken.length > 0 && !taken.some(({ credits }) => credits === run.quoted)) {
    faults.push({ ...about, kind: "held", credits: Math.abs((taken.at(-1)?.credits ?? 0) - run.quoted), words: `The run was quoted at ${run.quoted} credits, and ${taken.at(-1)?.credits} were held for it.` });
  }
  return faults;
}
