/** What may be asked of a run, as its callers see it. (The platform's own mapping of RPC types does not end on recursive JSON.) */
import type { Json, TakeFacts } from "#film/film.ts";
import type { Problem } from "./book.ts";
import type { OpenOutcome } from "./object.ts";
import type { OpenInput, Opening } from "./opening.ts";
import type { Again, claimFetch, Look, Order, ready, Sight, Stop, Submission, ticketOf, Told } from "./rules.ts";
import type { LogRow } from "./sql.ts";
import type { JobView, RunView } from "./view.ts";

/** The claim of bringing a result in, or null where there is nothing to bring in. */
export interface Seen {
  ok: true;
  claim: Extract<ReturnType<typeof claimFetch>, { ok: true }> | null;
}

export interface RunCalls {
  open(input: OpenInput): Promise<OpenOutcome>;
  ready(job: string, attempt: number): Promise<ReturnType<typeof ready>>;
  begin(job: string, input: { attempt: number; lease: string }): Promise<Order | Stop>;
  noLease(job: string, input: { attempt: number; isDown: boolean; retryAt: number | null }): Promise<Told>;
  submitted(job: string, input: { attempt: number; submission: Submission; sight: Sight | null }): Promise<Stop | Seen>;
  look(job: string, attempt: number): Promise<Look>;
  ticketOf(job: string, attempt: number): Promise<ReturnType<typeof ticketOf>>;
  checked(job: string, input: { attempt: number; sight: Sight }): Promise<Stop | Seen>;
  wake(job: string, input: { attempt: number; ticket: Json; message: string }): Promise<Told>;
  claimFetch(job: string, attempt: number): Promise<ReturnType<typeof claimFetch>>;
  stillFetching(job: string, input: { attempt: number; fetch: number }): Promise<Told>;
  delivered(job: string, input: { attempt: number; take: TakeFacts }): Promise<Told>;
  notDelivered(job: string, input: { attempt: number; problem: Problem; again: Again }): Promise<Told>;
  cancel(): Promise<Told>;
  cancelJob(job: string): Promise<Told>;
  view(): Promise<{ run: RunView; jobs: JobView[] } | null>;
  record(after: number): Promise<{ opening: Opening; rows: LogRow[] } | null>;
  poke(): Promise<void>;
}

/** A run by its id. Only ids that have the form of one are to be asked for, so that nonsense makes no objects. */
export const runOf = (env: Env, id: string): RunCalls => env.RUN.getByName(id) as unknown as RunCalls;
