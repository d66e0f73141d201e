import type { CameraMove, Framing, MusicMood, NodeKind, Style, Transition } from "#film/film.ts";
import type { JobStatus, Project, RunStatus, AnyTarget } from "#lib/api/types.ts";
import * as m from "#lib/paraglide/messages.js";
import { toolName } from "./tool-words.ts";

/** The words for what the API names. One table per vocabulary, so that a new member cannot be forgotten. */

const run: Record<RunStatus, () => string> = {
  opening: m.run_opening, running: m.run_running, waiting: m.run_waiting, cancelling: m.run_cancelling,
  succeeded: m.run_succeeded, incomplete: m.run_incomplete, failed: m.run_failed, cancelled: m.run_cancelled,
};
export const runState = (status: RunStatus): string => run[status]();

const openRuns: ReadonlySet<RunStatus> = new Set(["opening", "running", "waiting", "cancelling"]);
export const isOpen = (status: RunStatus): boolean => openRuns.has(status);

const job: Record<JobStatus, () => string> = {
  pending: m.job_pending, queued: m.job_queued, running: m.job_running, retrying: m.job_retrying, cancelling: m.job_cancelling,
  succeeded: m.job_succeeded, failed: m.job_failed, refused: m.job_refused, cancelled: m.job_cancelled, expired: m.job_expired,
};
export const jobState = (status: JobStatus): string => job[status]();
export const isJobStatus = (value: string | null): value is JobStatus => value !== null && Object.hasOwn(job, value);

export function runTitle(target: AnyTarget): string {
  if (target === "animatic") return m.run_of_animatic();
  if (typeof target === "object" && !Array.isArray(target)) return toolName(target.tool);
  return target === "master" ? m.run_of_film() : m.run_of_nodes({ count: target.length });
}

const framing: Record<Framing, () => string> = {
  "extreme-wide": m.framing_extreme_wide, wide: m.framing_wide, full: m.framing_full, medium: m.framing_medium, "medium-close": m.framing_medium_close,
  close: m.framing_close, "extreme-close": m.framing_extreme_close, "over-shoulder": m.framing_over_shoulder, insert: m.framing_insert,
};
export const framingName = (value: Framing): string => framing[value]();

const move: Record<CameraMove, () => string> = {
  static: m.move_static, "push-in": m.move_push_in, "pull-out": m.move_pull_out, "pan-left": m.move_pan_left, "pan-right": m.move_pan_right, "tilt-up": m.move_tilt_up,
  "tilt-down": m.move_tilt_down, "track-left": m.move_track_left, "track-right": m.move_track_right, "crane-up": m.move_crane_up, handheld: m.move_handheld,
};
export const moveName = (value: CameraMove): string => move[value]();

const style: Record<Style, () => string> = {
  cinematic: m.style_cinematic, documentary: m.style_documentary, anime: m.style_anime, noir: m.style_noir, comic: m.style_comic, commercial: m.style_commercial,
};
export const styleName = (value: Style): string => style[value]();

const transition: Record<Transition, () => string> = { cut: m.transition_cut, dissolve: m.transition_dissolve, fade: m.transition_fade };
export const transitionName = (value: Transition): string => transition[value]();

const mood: Record<MusicMood, () => string> = {
  none: m.mood_none, calm: m.mood_calm, warm: m.mood_warm, tense: m.mood_tense, mystery: m.mood_mystery, hopeful: m.mood_hopeful, sad: m.mood_sad, bright: m.mood_bright, epic: m.mood_epic,
};
export const moodName = (value: MusicMood): string => mood[value]();
/** A length of music, numbered where there are several. */
export const cueName = (cues: readonly { id: string }[], id: string): string => (cues.length > 1 ? m.music_mood_number({ number: cues.findIndex((cue) => cue.id === id) + 1 }) : m.music_mood());

const kind: Record<NodeKind, () => string> = {
  voice: m.kind_voice, frame: m.kind_frame, move: m.kind_move, clip: m.kind_clip, sound: m.kind_sound, sync: m.kind_sync, grade: m.kind_grade, music: m.kind_music,
  title: m.kind_title, captions: m.kind_captions, animatic: m.kind_animatic, cut: m.kind_cut, poster: m.kind_poster, preview: m.kind_preview, task: m.kind_task,
};
export const kindName = (value: NodeKind): string => kind[value]();

const status: Record<Project["status"], () => string> = {
  draft: m.project_draft, queued: m.project_queued, processing: m.project_processing, completed: m.project_completed, failed: m.project_failed,
};
export const projectState = (value: Project["status"]): string => status[value]();
