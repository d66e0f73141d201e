/**
 * B11: CPU-seconds that a second of film costs, beside a bare `ffmpeg` that does the same with the same clips: ten of 144 frames as the clip model
 * makes them. Ours is a warm worker's process; ffmpeg is a process of its own, as it is used. Prints one JSON line for each comparison.
 * Usage: node bench/render-cost.ts [rounds]
 */
import "../renderer/drawing/memory.ts";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CameraMove } from "../film/film.ts";
import { cutFilm, cutInput } from "../renderer/cut/film.ts";
import { conformVideo } from "../renderer/media/conform.ts";
import { clip } from "../renderer/models/clip.ts";
import { frame } from "../renderer/models/frame.ts";
import { music } from "../renderer/models/music.ts";
import { voice } from "../renderer/models/voice.ts";
import { runModel, urlOf } from "../renderer/testing/run.ts";

const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const CLIP_FRAMES = 144;
const FRAME_RATE = 24;
const SIZE = { width: 1280, height: 720 };
/** As renderer/media/encode.ts has them. */
const CODEC = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", "48", "-bf", "0", "-threads", "1", "-x264-params", "stitchable=1:scenecut=0:open-gop=0:force-cfr=1:aq-mode=3:ipratio=1.1"];
const SOUND = ["-c:a", "aac", "-b:a", "160k"];
const PLACES = [["interior", "KITCHEN", "evening", "clear"], ["exterior", "CITY STREET", "night", "rain"], ["exterior", "MOUNTAIN PASS", "day", "snow"], ["interior", "OFFICE", "day", "clear"], ["exterior", "FIELD", "dusk", "clear"]] as const;
const MOVES: readonly CameraMove[] = ["push-in", "static"];
const LINES = ["Somebody has to say it before the storm arrives.", "Then say it, and we shall see who stays.", "I have counted the lamps twice tonight."];

interface Material {
  clips: string[];
  voices: { path: string; startFrame: number }[];
  bed: string;
  seconds: number;
}

async function makeMaterial(dir: string): Promise<Material> {
  const clips: string[] = [];
  for (const [setting, place, timeOfDay, weather] of PLACES) {
    const drawn = await runModel(frame, { description: "Somebody waits.", framing: "wide", setting, place, timeOfDay, weather, cast: [], seed: 7 }, dir);
    const { planes, depths, overscan } = drawn.output as unknown as { planes: { file: string }[]; depths: number[]; overscan: number };
    for (const cameraMove of MOVES) {
      const made = await runModel(clip, { panel: urlOf(drawn.path("panel")), planes: planes.map(({ file }) => urlOf(file)), depths, overscan, cameraMove, frames: CLIP_FRAMES, weather, timeOfDay, seed: 7 }, dir);
      clips.push(made.path("video"));
    }
  }
  const voices: Material["voices"] = [];
  for (const [n, text] of LINES.entries()) voices.push({ path: (await runModel(voice, { text, cast: n % 2 ? "ada" : "bruno" }, dir)).path("audio"), startFrame: 120 + n * 400 });
  const bed = (await runModel(music, { mood: "calm", seconds: 48, seed: 7 }, dir)).path("audio");
  return { clips, voices, bed, seconds: (clips.length * CLIP_FRAMES) / FRAME_RATE };
}

/** CPU seconds of this process while it does something. */
async function ownCpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** CPU seconds of an ffmpeg that does something, as the system counts them. */
function ffmpegCpu(args: string[]): number {
  const { status, stderr } = spawnSync("bash", ["-c", `TIMEFORMAT='%3U %3S'; time ffmpeg -v error -y "$@"`, "bash", ...args], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  const [user, system] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  if (status !== 0 || user === undefined || system === undefined || Number.isNaN(user + system)) throw new Error(`ffmpeg failed: ${stderr}`);
  return user + system;
}

/** Cuts the film from the files as they lie there: downloading them is no part of this. */
async function cut(dir: string, material: Material, sound: "silent" | "with sound"): Promise<void> {
  const frames = material.clips.length * CLIP_FRAMES;
  const heard = sound === "with sound" ? { voices: material.voices.map(({ path, startFrame }) => ({ audio: urlOf(path), startFrame })), music: [{ audio: urlOf(material.bed), startFrame: 0, frames }] } : {};
  const logs: string[] = [];
  await cutFilm(cutInput.parse({ aspect: "16:9", entries: material.clips.map((path) => ({ video: urlOf(path), frames: CLIP_FRAMES })), ...heard }), {
    dir, signal: new AbortController().signal, log: (line) => logs.push(line), progress: () => {}, fetchFile: async (url) => decodeURIComponent(new URL(url).pathname),
  });
  if (!logs.includes(`frames copied ${frames}, encoded 0`)) throw new Error(`the cut was no remux: ${logs.join("; ")}`);
}

/** The same voices and music, placed and added up, as ffmpeg's filters do it. */
function soundGraph(material: Material): { inputs: string[]; filter: string } {
  const placed = material.voices.map(({ startFrame }, n) => `[${n + 1}:a]aformat=channel_layouts=stereo,adelay=${Math.round((startFrame * 1000) / FRAME_RATE)}:all=1[v${n}]`);
  const names = material.voices.map((_, n) => `[v${n}]`).join("");
  const bed = material.voices.length + 1;
  return {
    inputs: [...material.voices.flatMap(({ path }) => ["-i", path]), "-stream_loop", "-1", "-i", material.bed],
    filter: `${placed.join(";")};${names}[${bed}:a]amix=inputs=${bed}:duration=longest:normalize=0,loudnorm=I=-16:TP=-2,aresample=48000,aformat=channel_layouts=stereo[sound]`,
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function compare(name: string, seconds: number, sides: { ours(): Promise<number>; baseline(): number }, conditions: object): Promise<void> {
  const [ours, baseline]: [number[], number[]] = [[], []];
  // The first round warms caches and compiles code, as a worker that has made anything has done; it does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await sides.ours(), sides.baseline()] as const;
    if (round === 0) continue;
    ours.push(pair[0] / seconds);
    baseline.push(pair[1] / seconds);
  }
  const ratios = ours.map((value, round) => value / (baseline[round] ?? Number.NaN));
  console.log(JSON.stringify({
    name, unit: "CPU-s a second of film", ours: ours.map(rounded), baseline: baseline.map(rounded),
    ratio_median: rounded(median(ratios)), ratio_min: rounded(Math.min(...ratios)), ratio_max: rounded(Math.max(...ratios)), rounds, deterministic: conditions,
  }));
}

async function run(dir: string): Promise<void> {
  const material = await makeMaterial(dir);
  const list = join(dir, "list.txt");
  writeFileSync(list, material.clips.map((path) => `file '${path}'\n`).join(""));
  const joined = ["-f", "concat", "-safe", "0", "-i", list];
  const out = join(dir, "baseline.mp4");
  const { inputs, filter } = soundGraph(material);
  const [first = ""] = material.clips;
  // What ffmpeg spends before it has done anything: a worker that is warm does not.
  const startCpuSeconds = ffmpegCpu(["-f", "lavfi", "-i", "color=s=16x16:d=0.04", "-f", "null", "-"]);
  const film = { clips: material.clips.length, seconds: material.seconds, startCpuSeconds };
  await compare("B11 picture joined", material.seconds, {
    ours: () => ownCpu(() => cut(dir, material, "silent")),
    baseline: () => ffmpegCpu([...joined, "-c", "copy", "-movflags", "+faststart", out]),
  }, { ...film, baseline: "-c copy", extra: "ours has a silent sound track" });
  await compare("B11 film with sound", material.seconds, {
    ours: () => ownCpu(() => cut(dir, material, "with sound")),
    baseline: () => ffmpegCpu([...joined, ...inputs, "-filter_complex", filter, "-map", "0:v", "-map", "[sound]", "-t", String(material.seconds), "-c:v", "copy", ...SOUND, "-movflags", "+faststart", out]),
  }, { ...film, baseline: "-c:v copy, amix, loudnorm in one pass, aac" });
  await compare("B11 film encoded anew", material.seconds, {
    ours: () => ownCpu(() => cut(dir, material, "with sound")),
    baseline: () => ffmpegCpu([...joined, ...inputs, "-filter_complex", filter, "-map", "0:v", "-map", "[sound]", "-t", String(material.seconds), ...CODEC, ...SOUND, "-movflags", "+faststart", out]),
  }, { ...film, baseline: "same codec flags, amix, loudnorm in one pass, aac" });
  await compare("B11 one clip encoded anew", CLIP_FRAMES / FRAME_RATE, {
    ours: () => ownCpu(() => conformVideo(first, join(dir, "conformed.mp4"), { ...SIZE, frames: { exactly: CLIP_FRAMES } })),
    baseline: () => ffmpegCpu(["-threads", "1", "-i", first, ...CODEC, "-an", "-movflags", "+faststart", out]),
  }, { clips: 1, seconds: CLIP_FRAMES / FRAME_RATE, baseline: "same codec flags" });
}

if (spawnSync("ffmpeg", ["-version"]).status !== 0) {
  console.log(JSON.stringify({ name: "B11 render cost", skipped: "there is no ffmpeg on this machine to compare with" }));
} else {
  const dir = mkdtempSync(join(tmpdir(), "dailies-render-cost-"));
  try {
    await run(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
