/** Our attempts, as providers' statements name them. Reads generation's tables; writes none. */
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";

export interface AttemptRow {
  job: string;
  attempt: number;
  ticket: string | null;
  at: number;
  label: string;
  run: string;
  studio: string;
  project: string;
  status: string;
  attempts: number;
  finishedAt: number | null;
}

const columns = sql`d.job, d.attempt, d.ticket, d.at, j.label, j.run, j.studio, j.project, j.status, j.attempts, j.finished_at as finishedAt`;

/** Attempts by the provider's ids of them, or by ours, which are `job-attempt`. */
export const attemptsNamed = ({ db }: Ctx, provider: string, ids: readonly string[]): Promise<AttemptRow[]> => db.all(sql`
  with named (id) as (select value from json_each(${JSON.stringify(ids)}))
  select ${columns} from named cross join decisions as d indexed by decisions_by_ticket on d.provider = ${provider} and d.ticket = named.id join jobs as j on j.id = d.job
  union select ${columns} from json_each(${JSON.stringify(ids.flatMap(ours))}) as own join decisions as d on d.job = own.value ->> 'job' and d.attempt = own.value ->> 'attempt' and d.provider = ${provider} join jobs as j on j.id = d.job`);

const ours = (id: string): { job: string; attempt: number }[] => {
  const [, job, attempt] = /^(job_[0-9a-z]+)-(\d{1,3})$/.exec(id) ?? [];
  return job === undefined ? [] : [{ job, attempt: Number(attempt) }];
};

export interface Position {
  at: number;
  job: string;
}

/** Attempts that were delivered, made in a time, after a position. */
export const deliveredBetween = ({ db }: Ctx, provider: string, { from, to, after, limit }: { from: number; to: number; after: Position; limit: number }): Promise<AttemptRow[]> => db.all(sql`
  select ${columns} from decisions as d join jobs as j on j.id = d.job
  where d.provider = ${provider} and d.at >= ${from} and d.at < ${to} and ${isAfter(after)} and j.status = 'succeeded' and j.attempts = d.attempt order by d.at, d.job limit ${limit}`);

const isAfter = ({ at, job }: Position): SQL => sql`(d.at, d.job) > (${at}, ${job})`;
