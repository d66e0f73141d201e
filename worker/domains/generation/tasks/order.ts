/** Reads an order of a single thing: its fields, the files that it names, and how long they are. */
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { assetsById, contentTypes, isContentType, type AssetRow } from "#domains/media/index.ts";
import type { Json } from "#film/film.ts";
import { seedFrom } from "#film/hash.ts";
import type { Resolution } from "#film/inputs/model-request.ts";
import { shortSideOf } from "#film/tasks/files.ts";
import { isTaskTool, taskTools, type TaskOrder, type TaskTool } from "#film/tasks/task.ts";
import { checkedWish } from "../router/wishes.ts";
import { alsoTakes, fileFields, SEED_MAX, taskInputs } from "./contract.ts";

const MS_MAX = 3_600_000;

interface Asked {
  tool: string;
  input: Record<string, unknown>;
  wish: string;
}

/** The order that is meant, or a problem that names the field. A seed that nobody chose follows from the quote's id, which is random: the quote has it. */
export async function readOrder(ctx: StudioCtx, quote: string, { tool, input, wish }: Asked): Promise<TaskOrder> {
  if (!isTaskTool(tool)) throw invalid("/tool", `is none that can be ordered by itself. These can: ${taskTools.join(", ")}.`);
  const read = taskInputs[tool].safeParse(input);
  if (!read.success) {
    const errors = read.error.issues.map((issue) => ({ pointer: `/input/${issue.path.join("/")}`, detail: issue.message }));
    throw new AppError("request.invalid", `Correct ${errors.map(({ pointer }) => pointer).join(", ")} and ask again.`, { errors });
  }
  const given: Record<string, unknown> = read.data;
  requireWords(tool, given);
  const files = await filesOf(ctx, tool, given);
  requireLarger(given, files);
  const params: TaskOrder["params"] = {};
  for (const name of Object.keys(taskInputs[tool].shape)) {
    params[name] = files.has(name) ? { $asset: String(given[name]) } : name === "seed" ? ((given["seed"] as number | undefined) ?? seedFrom(quote) % (SEED_MAX + 1)) : ((given[name] ?? null) as Json);
  }
  const seconds = lengthOf(tool, files);
  return { tool, params: seconds === null ? params : { ...params, seconds }, wish: checkedWish(wish, tool, "/wish") };
}

const invalid = (pointer: string, detail: string): AppError => new AppError("request.invalid", `${pointer.slice(1).replaceAll("/", ".")} ${detail}`, { errors: [{ pointer, detail }] });

function requireWords(tool: TaskTool, { prompt, mood, color }: Record<string, unknown>): void {
  if (tool === "music" && prompt === undefined && mood === undefined) throw invalid("/input/prompt", "is missing: say in words what is to be played, or name a mood.");
  if (tool === "roto" && prompt !== undefined && color !== undefined) throw invalid("/input/color", "is of a screen, and words are for what stands before no screen: send one of the two.");
}

async function filesOf(ctx: StudioCtx, tool: TaskTool, given: Record<string, unknown>): Promise<Map<string, AssetRow>> {
  const named = Object.keys(fileFields).filter((field) => typeof given[field] === "string");
  const assets = await assetsById(ctx, named.map((field) => String(given[field])));
  const files = new Map<string, AssetRow>();
  for (const field of named) {
    const asset = assets.get(String(given[field]));
    if (!asset) throw new AppError("asset.not_found", `${field}: there is no such asset in this studio. Upload the file first, or list them at /api/v1/assets.`, { errors: [{ pointer: `/input/${field}`, detail: "no such asset" }] });
    const kind = isContentType(asset.contentType) ? contentTypes[asset.contentType].kind : (asset.contentType.split("/")[0] ?? "");
    const takes = alsoTakes(tool, field);
    if (!(takes as readonly string[]).includes(kind)) throw unsupported(field, `takes ${takes.join(" or ")}, and this file is ${asset.contentType}.`);
    if ((kind === "video" || kind === "audio") && asset.durationMs === null) throw unsupported(field, `is ${asset.contentType}, whose length cannot be read before it is converted. Send MP4, WAV or MP3.`);
    if ((asset.durationMs ?? 0) > MS_MAX) throw unsupported(field, "is longer than an hour. Cut it into parts.");
    files.set(field, asset);
  }
  return files;
}

const unsupported = (field: string, detail: string): AppError => new AppError("upload.unsupported", `${field} ${detail}`, { errors: [{ pointer: `/input/${field}`, detail }] });

/** What would not become larger is not ordered. */
function requireLarger({ resolution }: Record<string, unknown>, files: ReadonlyMap<string, AssetRow>): void {
  const { width, height } = files.get("video") ?? { width: null, height: null };
  if (typeof resolution !== "string" || width === null || height === null) return;
  const side = Math.min(width, height);
  if (side >= shortSideOf(resolution as Resolution)) throw invalid("/input/resolution", `is ${resolution}, and the shorter side of the video has ${side} pixels already.`);
}

/** Seconds of what is made from files: of the shortest of them, since nothing is made for what is not there. Null where no file has a length. */
function lengthOf(tool: TaskTool, files: ReadonlyMap<string, AssetRow>): number | null {
  if (tool === "clip") return null;
  const lengths = [...files.values()].flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs / 1_000]));
  return lengths.length === 0 ? null : Math.min(...lengths);
}
