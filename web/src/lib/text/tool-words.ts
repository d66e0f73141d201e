import type { PriceUnit } from "#film/prices.ts";
import type { Model } from "#lib/api/types.ts";
import { formatDate, formatList, formatNumber } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";

const tools: Record<string, () => string> = {
  voice: m.kind_voice, frame: m.kind_frame, move: m.kind_move, title: m.kind_title, music: m.kind_music, captions: m.kind_captions, animatic: m.kind_animatic, cut: m.kind_cut, poster: m.kind_poster,
  preview: m.kind_preview, clip: m.kind_clip, sound: m.kind_sound, upload: m.tool_upload, ingest: m.tool_ingest, "break-down": m.tool_break_down, roto: m.tool_roto, mesh: m.tool_mesh, rig: m.tool_rig,
  grade: m.tool_grade, "clean-audio": m.tool_clean_audio, chat: m.tool_chat, "lip-sync": m.kind_sync, transcribe: m.tool_transcribe, dub: m.tool_dub, upscale: m.tool_upscale,
};
/** The word for a tool; one that is newer than this page is shown as it is. */
export const toolName = (tool: string): string => tools[tool]?.() ?? tool;

const units: Record<PriceUnit, () => string> = { second: m.unit_second, minute: m.unit_minute, message: m.unit_message, each: m.unit_each, letters: m.unit_letters };
export const unitName = (unit: PriceUnit): string => units[unit]();

/** `15 credits a second`; free where it costs nothing. */
export const priceWords = ({ credits, unit }: { credits: number; unit: PriceUnit }): string => (credits === 0 ? m.pricing_free_word() : m.price_per({ credits: m.credits({ count: credits }), unit: unitName(unit) }));

/** `2 to 10 s`, `4, 6 or 8 s`; empty where it has no length, or takes any. */
export function lengthWords(seconds: NonNullable<Model["accepts"]>["seconds"] | undefined): string {
  if (!seconds) return "";
  return seconds.only ? m.model_lengths_only({ lengths: formatList(seconds.only.map(formatNumber), "or") }) : m.model_lengths({ least: formatNumber(seconds.least), most: formatNumber(seconds.most) });
}

type Ending = Pick<Model, "lifecycle" | "sunset">;
/** Whether there is something to say about its end. */
export const isEnding = ({ lifecycle, sunset }: Ending): boolean => lifecycle !== "active" || sunset !== null;

/** `ends 1 May 2027`, `ended 24 Mar 2026`; empty where nothing is said about an end. */
export function endWords(model: Ending): string {
  const { lifecycle, sunset } = model;
  if (!isEnding(model)) return "";
  if (!sunset) return lifecycle === "retired" ? m.model_retired() : m.model_deprecated();
  return lifecycle === "retired" ? m.model_ended({ date: formatDate(sunset.retires) }) : m.model_ends({ date: formatDate(sunset.retires) });
}
