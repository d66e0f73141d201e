/** A breakdown as it is ordered: what it costs is said first, and what was read once is not read, or paid for, again. */
import { and, desc, eq } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { getScript } from "#domains/projects/index.ts";
import { PROMPT_VERSION } from "#film/breakdown/by-model/index.ts";
import type { Json, NodeId } from "#film/film.ts";
import { nodeId } from "#film/recipes/recipe.ts";
import { takes } from "../tables.ts";
import type { PlainTake } from "../takes/store.ts";
import { PARTS_MAX, partsOf, type ScriptToRead } from "./service.ts";

export const BREAK_DOWN = "break-down";

/** What a reading is known by: the text and how it is read. Films of one studio with the same text share it. */
export const readingIdOf = async ({ text, format }: ScriptToRead): Promise<string> => `reading-${(await sha256(`${PROMPT_VERSION}\n${format}\n${text}`)).slice(0, 40)}`;

/** The newest reading of a script in this studio, whichever film and model it was made for and by. */
export async function findReading(ctx: StudioCtx, id: string): Promise<PlainTake | undefined> {
  const node: NodeId = nodeId("task", id);
  return ctx.db.select().from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.kind, "task"), eq(takes.tool, BREAK_DOWN), eq(takes.node, node))).orderBy(desc(takes.createdAt)).limit(1).get();
}

/** The order of a project's script as it is now. Throws where there is nothing to read, too much, or nothing new. */
export async function orderReading(ctx: StudioCtx, project: string): Promise<{ id: string; params: { [key: string]: Json } }> {
  const { text, format, sha256: script } = await getScript(ctx, project);
  const parts = partsOf({ text, format });
  if (parts === 0) throw new AppError("film.empty", "The script has no scene yet: there is nothing to read.");
  if (parts > PARTS_MAX) throw new AppError("quote.too_long", `The script is ${parts} parts of 10,000 tokens long, and ${PARTS_MAX} are read at most. Break it into several films.`, { parts, most: PARTS_MAX });
  const id = await readingIdOf({ text, format });
  const known = await findReading(ctx, id);
  if (known) throw new AppError("quote.nothing_to_do", "This script was read already, word for word. Its breakdown is there, and costs nothing.", { take: known.id, project });
  return { id, params: { script, format, parts } };
}
