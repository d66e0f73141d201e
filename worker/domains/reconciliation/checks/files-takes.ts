import { sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { compareFiles, type FileFault, type FileRow } from "../comparing/files.ts";
import { entryOf } from "./catalogue.ts";
import { END, nothing, type Check, type Difference } from "./check.ts";

const PAGE = 500;
const PREFIX = "takes/";
/** A result is stored before its take is recorded; an hour later it is, or never will be. */
const YOUNG_MS = 3_600_000;

interface Place {
  cursor: string | null;
  /** The last key that was compared. */
  after: string;
}

type Row = FileRow & { studio: string; project: string | null; take: string | null; credits: number | null };

/** Every file below `takes/` has its row and every row its file, of the size that the row says. */
export const filesTakes: Check = {
  ...entryOf("files-takes"),
  async step(ctx, { studio, at }) {
    const prefix = studio === null ? PREFIX : `${PREFIX}${studio}/`;
    const { cursor, after } = (at as Place | null) ?? { cursor: null, after: prefix };
    const listed = await ctx.env.MEDIA.list({ prefix, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const last = listed.objects.at(-1)?.key ?? after;
    const rows = await rowsBetween(ctx, { after, last, prefix, isLast: !listed.truncated });
    const files = listed.objects.map(({ key, size, uploaded }) => ({ key, bytes: size, storedAt: uploaded.getTime() }));
    const faults = compareFiles(files, rows, ctx.now() - YOUNG_MS);
    return {
      examined: files.length + rows.length, differences: faults.map((fault) => toDifference(fault, rows)), repairs: [], finished: [{ from: after, to: listed.truncated ? last : `${prefix}${END}` }],
      next: listed.truncated ? { cursor: listed.cursor, after: last } satisfies Place : null,
    };
  },
};

/** Rows of keys in (after, last]; after the last page those beyond it as well. `0` is the letter after `/`. */
const rowsBetween = ({ db }: Ctx, { after, last, prefix, isLast }: { after: string; last: string; prefix: string; isLast: boolean }): Promise<Row[]> => db.all(sql`
  select a.key, a.bytes, a.created_at as createdAt, a.studio, a.project, a.take, t.credits from assets as a left join takes as t on t.id = a.take
  where a.key > ${after} and ${isLast ? sql`a.key < ${`${prefix.slice(0, -1)}0`}` : sql`a.key <= ${last}`} order by a.key`);

function toDifference(fault: FileFault, rows: readonly Row[]): Difference {
  const row = rows.find(({ key }) => key === fault.key);
  const studio = row?.studio ?? /^takes\/([^/]+)\//.exec(fault.key)?.[1] ?? null;
  const about = { ...nothing, key: fault.kind, unit: fault.key, studio, project: row?.project ?? null, subject: row?.take ?? fault.key, credits: row?.credits ?? null, data: { ...fault } };
  switch (fault.kind) {
    case "orphan":
      return { ...about, severity: "info", detail: "no row names the file", explanation: `A file of ${fault.bytes} bytes is stored that belongs to no take (${fault.key}). It costs storage and nothing else; take it away if nobody misses it.` };
    case "missing":
      return { ...about, severity: "critical", detail: "the file is gone", explanation: `A file of a take is not in the storage any more (${fault.key}). What was paid for it is named; restore the file, or propose to give the credits back.` };
    case "size":
      return { ...about, severity: "critical", detail: "the file has another size", explanation: `A file of a take has ${fault.stored} bytes, and ${fault.bytes} were recorded (${fault.key}). It is not what was delivered.` };
  }
}
