import { cameraMoves, musicMoods, styles } from "#film/film.ts";
import { formatList, formatNumber } from "#lib/format/format.ts";
import * as m from "#lib/paraglide/messages.js";
import { getLocale } from "#lib/paraglide/runtime.js";
import { lengthWords } from "#lib/text/tool-words.ts";
import { moodName, moveName, styleName } from "#lib/text/words.ts";
import type { Model } from "#lib/api/types.ts";
import { looks, type FileKind, type Look, type ChoiceField, type ListedTool, type StudioTool } from "./fields.ts";

type Words = () => string;

const does: Record<ListedTool, Words> = {
  frame: m.tools_does_frame, clip: m.tools_does_clip, "lip-sync": m.tools_does_lip_sync, upscale: m.tools_does_upscale, grade: m.tools_does_grade, roto: m.tools_does_roto, voice: m.tools_does_voice,
  music: m.tools_does_music, sound: m.tools_does_sound, "clean-audio": m.tools_does_clean_audio, dub: m.tools_does_dub, transcribe: m.tools_does_transcribe, mesh: m.tools_does_mesh, rig: m.tools_does_rig,
  chat: m.tools_does_chat,
};
export const toolDoes = (tool: ListedTool): string => does[tool]();

const groups = { picture: m.tools_group_picture, sound: m.tools_group_sound, solid: m.tools_group_solid, words: m.tools_group_words };
export const groupName = (group: keyof typeof groups): string => groups[group]();

const verbs: Partial<Record<StudioTool, Words>> = {
  frame: m.tool_make_frame, voice: m.tool_make_voice, transcribe: m.tool_make_transcribe, dub: m.tool_make_dub, "clean-audio": m.tool_make_clean_audio, grade: m.tool_make_grade, roto: m.tool_make_roto,
  upscale: m.tool_make_upscale, rig: m.tool_make_rig,
};
export const makeVerb = (tool: StudioTool): string => (verbs[tool] ?? m.tool_make_other)();

/** By field, and where a tool means something else by it, by `tool.field`. */
const labels: Record<string, Words> = {
  prompt: m.tool_field_prompt, "frame.prompt": m.tool_field_prompt_frame, "clip.prompt": m.tool_field_prompt_clip, "music.prompt": m.tool_field_prompt_music, "sound.prompt": m.tool_field_prompt_sound,
  "roto.prompt": m.tool_field_prompt_roto, text: m.tool_field_text, "clip.image": m.tool_field_image_clip, "mesh.image": m.tool_field_image_mesh, video: m.tool_field_video, audio: m.tool_field_audio,
  "transcribe.audio": m.tool_field_audio_transcribe, media: m.tool_field_media, mesh: m.tool_field_mesh, seconds: m.tool_field_seconds, aspect: m.tool_field_aspect, style: m.tool_field_style,
  resolution: m.tool_field_resolution, cameraMove: m.tool_field_camera_move, cast: m.tool_field_cast, language: m.tool_field_language, pace: m.tool_field_pace, "music.by": m.tool_field_by_music,
  "roto.by": m.tool_field_by_roto, mood: m.tool_field_mood, from: m.tool_field_from, to: m.tool_field_to, look: m.tool_field_look, strength: m.tool_field_strength, color: m.tool_field_color,
  depth: m.tool_field_depth, seed: m.tool_field_seed,
};
export const fieldLabel = (tool: StudioTool, field: string): string => (labels[`${tool}.${field}`] ?? labels[field])?.() ?? field;

const hints: Record<string, Words> = {
  "frame.prompt": m.tool_field_prompt_frame_hint, "clip.prompt": m.tool_field_prompt_clip_hint, "music.prompt": m.tool_field_prompt_music_hint, "sound.prompt": m.tool_field_prompt_sound_hint,
  "roto.prompt": m.tool_field_prompt_roto_hint, text: m.tool_field_text_hint, "clip.image": m.tool_field_image_clip_hint, "mesh.image": m.tool_field_image_mesh_hint,
  "lip-sync.video": m.tool_field_video_lip_sync_hint, "roto.video": m.tool_field_video_roto_hint, "lip-sync.audio": m.tool_field_audio_lip_sync_hint, mesh: m.tool_field_mesh_hint, style: m.tool_field_style_hint,
  "clip.resolution": m.tool_field_resolution_clip_hint, "upscale.resolution": m.tool_field_resolution_upscale_hint, cameraMove: m.tool_field_camera_move_hint,
  "transcribe.language": m.tool_field_language_transcribe_hint, from: m.tool_field_from_hint, depth: m.tool_field_depth_hint, seed: m.tool_field_seed_hint,
};
/** What to know about a field; empty where its name says it. */
export const fieldHint = (tool: StudioTool, field: string): string => (hints[`${tool}.${field}`] ?? hints[field])?.() ?? "";

const lookNames: Record<Look, Words> = {
  warm: m.tool_look_warm, cold: m.tool_look_cold, "teal-orange": m.tool_look_teal_orange, "bleach-bypass": m.tool_look_bleach_bypass, noir: m.tool_look_noir, faded: m.tool_look_faded, "day-for-night": m.tool_look_day_for_night,
};
const ways: Record<string, Words> = { "music.mood": m.tool_way_mood, "music.words": m.tool_way_words, "roto.moves": m.tool_way_moves, "roto.screen": m.tool_way_screen, "roto.words": m.tool_way_words_roto };
const aspectNames: Record<string, Words> = { "16:9": m.tool_aspect_16_9, "9:16": m.tool_aspect_9_16, "1:1": m.tool_aspect_1_1 };

const among = <Known extends string>(known: readonly Known[], value: string): Known | undefined => known.find((one) => one === value);

/** What an option of a choice is called. */
export function optionName(tool: StudioTool, { name, kind }: Pick<ChoiceField, "name" | "kind">, value: string): string {
  if (kind === "ways") return ways[`${tool}.${value}`]?.() ?? value;
  if (name === "aspect") return aspectNames[value]?.() ?? value;
  if (name === "resolution") return value === "" ? m.tool_resolution_any() : value;
  if (name === "cast") return value.slice(0, 1).toUpperCase() + value.slice(1);
  const [look, mood, move, style] = [among(looks, value), among(musicMoods, value), among(cameraMoves, value), among(styles, value)];
  if (name === "look" && look) return lookNames[look]();
  if (name === "mood" && mood) return moodName(mood);
  if (name === "cameraMove" && move) return moveName(move);
  return name === "style" && style ? styleName(style) : value;
}

const LANGUAGES = ["ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "ms", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sv", "ta", "th", "tr", "uk", "vi", "zh"] as const;
export const languageName = (code: string): string => new Intl.DisplayNames(getLocale(), { type: "language" }).of(code) ?? code;
/** Languages by their names; null: all that there are. */
export const languagesAmong = (able: readonly string[] | null): { code: string; name: string }[] =>
  LANGUAGES.filter((code) => able === null || able.includes(code.split("-")[0] ?? code)).map((code) => ({ code, name: languageName(code) })).toSorted((a, b) => a.name.localeCompare(b.name));

const kinds: Record<FileKind, Words> = { video: m.tool_file_video, audio: m.tool_file_audio, image: m.tool_file_image, model: m.tool_file_model };
export const kindsName = (takes: readonly FileKind[]): string => formatList(takes.map((kind) => kinds[kind]()), "or");

const roles: Record<string, Words> = {
  panel: m.tool_role_panel, video: m.tool_role_video, "roto.video": m.tool_role_video_roto, mask: m.tool_role_mask, audio: m.tool_role_audio, media: m.tool_role_media, mesh: m.tool_role_mesh,
  captions: m.tool_role_captions, transcript: m.tool_role_transcript, timings: m.tool_role_timings,
};
export const roleName = (tool: string, role: string): string => (roles[`${tool}.${role}`] ?? roles[role])?.() ?? role;

/** `3 to 15 s, 16:9 or 9:16 and up to 2,500 letters`; empty where it has no limits. */
export function limitWords({ tool, accepts }: Pick<Model, "tool" | "accepts">): string {
  if (!accepts) return "";
  const isOfWords = ["frame", "clip", "voice", "sound", "music"].includes(tool);
  return formatList([
    lengthWords(accepts.seconds ?? undefined), formatList([...accepts.aspects], "or"), formatList([...accepts.resolutions], "or"), isOfWords ? m.tool_model_letters({ count: formatNumber(accepts.promptMax) }) : "",
  ].filter((words) => words !== ""));
}
