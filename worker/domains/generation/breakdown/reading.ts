/** The breakdown of a film's script with the lines that prove it: by a model where one has read it, by rules otherwise. */
import type { StudioCtx } from "#core/context.ts";
import { assetsById } from "#domains/media/index.ts";
import { getFilm, getScript } from "#domains/projects/index.ts";
import { breakDown } from "#film/breakdown/index.ts";
import { linesOf, readingByRules, type Reading } from "#film/breakdown/by-model/index.ts";
import { readScript } from "#film/fountain/index.ts";
import { models } from "../tools/index.ts";
import { Reading as ReadingShape, type ScriptReading } from "./contract.ts";
import { findReading, readingIdOf } from "./ordering.ts";
import { partsOf } from "./service.ts";

/** So much of a line is shown as a proof. */
const LINE_SHOWN = 300;

/** What a project's script says, as it is now. */
export async function readingOf(ctx: StudioCtx, project: string): Promise<ScriptReading> {
  const [{ text, format, sha256: script }, { film }] = await Promise.all([getScript(ctx, project), getFilm(ctx, project)]);
  const take = await findReading(ctx, await readingIdOf({ text, format }));
  const read = take && (await keptReading(ctx, take.assets["reading"]));
  const document = readScript({ text, format });
  const { lines } = linesOf(document);
  const shared = { object: "script_reading" as const, project, script, parts: partsOf({ text, format }) };
  const quoted = (reading: Reading): ScriptReading["lines"] => linesNamed(reading).flatMap((line) => { const words = lines[line - 1]; return words === undefined ? [] : [{ line, text: words.text.trim().slice(0, LINE_SHOWN) }]; });
  if (take && read) return { ...shared, by: "model", model: { id: take.model, label: models.get(take.model)?.label ?? take.model }, take: take.id, readAt: new Date(take.createdAt).toISOString(), reading: read, lines: quoted(read) };
  const reading = readingByRules(document, breakDown(document, { seed: film.seed }));
  return { ...shared, by: "rules", model: null, take: null, readAt: null, reading, lines: quoted(reading) };
}

async function keptReading(ctx: StudioCtx, id: string | undefined): Promise<Reading | null> {
  const asset = id === undefined ? undefined : (await assetsById(ctx, [id])).get(id);
  const stored = asset ? await ctx.env.MEDIA.get(asset.key) : null;
  const read = stored ? ReadingShape.safeParse(await stored.json().catch(() => null)) : null;
  return read?.success ? read.data : null;
}

/** Numbers of the lines that prove something, in order. */
const linesNamed = ({ scenes, characters, locations, props, costumes }: Reading): number[] =>
  [...new Set([scenes, characters, locations, props, costumes].flatMap((list) => list.flatMap(({ lines }) => lines)))].sort((a, b) => a - b);
