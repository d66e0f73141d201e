import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, loadImage, type SKRSContext2D } from "@napi-rs/canvas";
import { AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P10LE, AV_PIX_FMT_YUVJ420P } from "node-av/constants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aspects } from "../../film/film.ts";
import { WavReader, wavHeader, writeWav } from "../audio/wav.ts";
import { LoudnessMeter } from "../media/audio-graph.ts";
import { MediaInput } from "../media/input.ts";
import { type Picture, VideoSampler } from "../media/sample.ts";
import { SIZES } from "../model.ts";
import { wavLoudness } from "../media/wav-loudness.ts";
import { evenly, foreignAudio, foreignVideo, type ForeignVideo } from "../testing/foreign.ts";
import { runModel, testClip, testDir, urlOf } from "../testing/run.ts";
import { watchFrames } from "../testing/watch.ts";
import { conform } from "./conform.ts";
import { cut } from "./cut.ts";

const place = testDir();
afterAll(place.remove);
const file = (name: string): string => join(place.dir, name);
const wanted = (name: string, more: object) => ({ file: urlOf(file(name)), aspect: "16:9", ...more }) as never;
const YUV420P = { name: "yuv420p", format: AV_PIX_FMT_YUV420P };

/** A red disc in the middle, as wide as two fifths of the shorter side; the grey around it says which frame it is. */
const picture = ({ width, height, pixelShape = { num: 1, den: 1 } }: { width: number; height: number; pixelShape?: { num: number; den: number } }) => (context: SKRSContext2D, frame: number): void => {
  const level = 20 + (frame % 200);
  const pixel = pixelShape.num / pixelShape.den;
  const radius = 0.2 * Math.min(width * pixel, height);
  context.fillStyle = `rgb(${level} ${level} ${level})`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#e00000";
  context.beginPath();
  context.ellipse(width / 2, height / 2, radius / pixel, radius, 0, 0, 2 * Math.PI);
  context.fill();
};

const video = (name: string, more: Partial<ForeignVideo> = {}): Promise<string> => {
  const size = { width: more.width ?? 640, height: more.height ?? 480 };
  return foreignVideo(file(name), { codec: "libx264", pixels: YUV420P, times: evenly(120, 24), ...size, paint: picture({ ...size, ...more }), ...more });
};

/** Where the red disc is: its middle and its diameters. */
function disc({ width, height, rgba }: Picture): { x: number; y: number; wide: number; high: number } {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let n = 0; n < width * height; n += 1) {
    if ((rgba[4 * n] ?? 0) < 150 || (rgba[4 * n + 1] ?? 0) > 60) continue;
    const [x, y] = [n % width, Math.floor(n / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return { x: (left + right) / 2, y: (top + bottom) / 2, wide: right - left, high: bottom - top };
}

/** Where it has to be in a picture that covers a size. */
function covering(source: { width: number; height: number; pixelShape?: { num: number; den: number } }, size: { width: number; height: number }) {
  const shown = (source.width * (source.pixelShape?.num ?? 1)) / (source.pixelShape?.den ?? 1);
  const scale = Math.max(size.width / shown, size.height / source.height);
  const across = 0.4 * Math.min(shown, source.height) * scale;
  const near = (value: number, within: number) => expect.toSatisfy((one: number) => Math.abs(one - value) <= within, `near ${value}`);
  // What is cut away is cut at whole pixels, of which a pair may share its colour.
  return { x: near(size.width / 2, 1 + 1.5 * scale), y: near(size.height / 2, 1 + 1.5 * scale), wide: near(across, 2 + 2 * scale), high: near(across, 2 + 2 * scale) };
}

const loudness = async (path: string): Promise<number> => {
  const reader = new WavReader(path);
  const meter = await LoudnessMeter.open({ rate: reader.rate, channels: reader.channels === 1 ? 1 : 2 });
  await meter.push(reader.read(0, reader.frames));
  reader.close();
  return (await meter.finish()).integratedLufs;
};

const tone = (seconds: number, rate: number, loud = 0.3): Float32Array => Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => loud * Math.sin((2 * Math.PI * 440 * n) / rate));

describe("a video that another provider made", () => {
  test.each([
    ["thirty.mp4", { times: evenly(150, 30) }],
    ["sixty.webm", { codec: "libvpx", times: evenly(300, 60) }],
    ["cinema.mov", { codec: "prores_ks", pixels: { name: "yuv422p10le", format: AV_PIX_FMT_YUV422P10LE }, times: evenly(120, 23.976) }],
    ["jpegs.avi", { codec: "mjpeg", pixels: { name: "yuvj420p", format: AV_PIX_FMT_YUVJ420P }, times: evenly(125, 25) }],
    ["uneven.mp4", { times: evenly(120, 24).map((time, n) => time + 0.012 * Math.sin(n)) }],
  ] satisfies [string, Partial<ForeignVideo>][])("(%s) is a clip of exactly the ordered length, that a cut copies", async (name, more) => {
    await video(name, more);
    const run = await runModel(conform, wanted(name, { kind: "video", frames: 118 }), place.dir);
    expect(run.output).toEqual({ video: { file: run.path("video") }, frames: 118, seconds: 118 / 24 });
    const film = await runModel(cut, { aspect: "16:9", entries: [{ video: urlOf(run.path("video")), frames: 118 }] }, place.dir);
    expect(film.logs).toContain("frames copied 118, encoded 0");
    const media = await MediaInput.open(run.path("video"));
    expect([media.audio, media.video?.codecpar.width, media.video?.codecpar.height]).toEqual([null, 1280, 720]);
    await media.close();
  });

  test.each(["fast.mp4", "fast.mkv"])("(%s) runs at its own speed: what is shown at a second of it is shown at that second of the clip", async (name) => {
    await video(name, { times: evenly(150, 30) });
    const run = await runModel(conform, wanted(name, { kind: "video" }), place.dir);
    const sampler = await VideoSampler.open(run.path("video"));
    for (const second of [0.02, 1.02, 2.52, 4.52]) {
      const { rgba } = await sampler.pictureAt(second, { width: 1280, height: 720 });
      expect(Math.abs((rgba[4 * (180 * 1280 + 320)] ?? 0) - 20 - 30 * second)).toBeLessThan(4);
    }
    await sampler.close();
    expect(run.output.frames).toBe(120);
  });

  test.each([
    ["wide.mp4", { width: 1280, height: 480 }, "16:9"],
    ["tall.mp4", { width: 480, height: 854 }, "16:9"],
    ["tall.mp4", { width: 480, height: 854 }, "9:16"],
    ["phone.mp4", { width: 640, height: 480 }, "1:1"],
    ["squeezed.mp4", { width: 640, height: 720, pixelShape: { num: 2, den: 1 } }, "16:9"],
    ["needle.mp4", { width: 1920, height: 64 }, "9:16"],
  ] as const)("of another shape (%s %j) covers %s, round things stay round, and the middle is the middle", async (name, more, aspect) => {
    await video(name, { ...more, times: evenly(24, 24) });
    const run = await runModel(conform, wanted(name, { kind: "video", aspect }), place.dir);
    const sampler = await VideoSampler.open(run.path("video"));
    expect(disc(await sampler.pictureAt(0.5, SIZES[aspect]))).toEqual(covering(more, SIZES[aspect]));
    await sampler.close();
  });

  test("that is longer loses its end, up to a second shorter stands on its last frame, and more is refused", async () => {
    await video("length.mp4");
    const longer = await watchFrames((await runModel(conform, wanted("length.mp4", { kind: "video", frames: 100 }), place.dir)).path("video"));
    expect([longer.length, Math.abs((longer.at(-1)?.grey ?? 0) - 119) < 4]).toEqual([100, true]);
    const shorter = await watchFrames((await runModel(conform, wanted("length.mp4", { kind: "video", frames: 144 }), place.dir)).path("video"));
    expect([shorter.length, ...shorter.slice(119).map(({ grey }) => Math.abs(grey - 139) < 4)]).toEqual([144, ...Array.from({ length: 25 }, () => true)]);
    await expect(runModel(conform, wanted("length.mp4", { kind: "video", frames: 145 }), place.dir)).rejects.toMatchObject({ name: "InputError", message: "the video is too short: 6.04 s are wanted, and it lasts 5.00 s" });
  });

  test("is the same bytes each time", async () => {
    await video("same.webm", { codec: "libvpx-vp9", times: evenly(30, 30) });
    const [one, two] = [await runModel(conform, wanted("same.webm", { kind: "video", frames: 24 }), place.dir), await runModel(conform, wanted("same.webm", { kind: "video", frames: 24 }), place.dir)];
    expect(readFileSync(one.path("video")).equals(readFileSync(two.path("video")))).toBe(true);
  });
});

describe("a sound that another provider made", () => {
  test.each([
    ["voice.mp3", { codec: "libmp3lame", samples: "fltp", rate: 44_100 }],
    ["voice.opus", { codec: "libopus", samples: "flt", rate: 48_000 }],
    ["voice.flac", { codec: "flac", samples: "s16", rate: 24_000 }],
    ["voice.m4a", { codec: "aac", samples: "fltp", rate: 22_050 }],
  ] as const)("(%s) is 48 kHz of whole frames, as loud as it was, in one channel or two", async (name, how) => {
    for (const sides of [1, 2]) {
      const one = tone(2.02, how.rate);
      await foreignAudio(file(name), { ...how, channels: Array.from({ length: sides }, () => one) });
      const [mono, stereo] = [await runModel(conform, wanted(name, { kind: "audio", channels: 1 }), place.dir), await runModel(conform, wanted(name, { kind: "audio", channels: 2 }), place.dir)];
      const [left, right] = [new WavReader(mono.path("audio")), new WavReader(stereo.path("audio"))];
      expect([left.rate, left.channels, left.frames % 2000, right.rate, right.channels, right.frames]).toEqual([48_000, 1, 0, 48_000, 2, left.frames]);
      expect(Object.keys(mono.output).sort()).toEqual(["audio", "frames", "integratedLufs", "seconds", "timings", "truePeakDbtp"]);
      expect([mono.output["integratedLufs"], stereo.output["integratedLufs"]]).toEqual([expect.closeTo(-14.2, 0), expect.closeTo(-11.2, 0)]);
      // The peak of that sine; encoders add up to a decibel.
      expect(mono.output["truePeakDbtp"]).toSatisfy((peak: number) => peak > -11 && peak < -9);
      expect([mono.output.frames, mono.output.seconds]).toEqual([left.frames / 2000, left.frames / 48_000]);
      expect(Math.abs(left.frames / 48_000 - 2.02)).toBeLessThan(0.12);
      // A sine of 0.3 is at -13.5 LUFS in one channel; two channels together are 3 LU louder.
      expect([await loudness(mono.path("audio")), await loudness(stereo.path("audio"))]).toEqual([expect.closeTo(-14.2, 0), expect.closeTo(-11.2, 0)]);
      left.close();
      right.close();
    }
  });

  /** A line of syllables, as sharp at their beginnings as speech is. */
  const speech = (seconds: number, loud: number): Float32Array =>
    tone(seconds, 48_000, loud).map((sample, n) => sample * (n % 9_600 < 480 ? 1 : n % 9_600 < 7_200 ? 0.3 : 0));

  test.each([
    ["far too quiet", 2, 0.02, -20],
    ["too loud", 2, 1, -25],
    ["a word", 0.3, 0.05, -20],
    ["a shout whose peaks have to be limited", 2, 0.3, -12],
  ])("(%s) is brought to the ordered loudness, in one channel or two, and keeps its length", async (_what, seconds, loud, lufs) => {
    const one = speech(seconds, loud);
    writeWav(file("level.wav"), { channels: [one, one], rate: 48_000 });
    for (const channels of [1, 2]) {
      const run = await runModel(conform, wanted("level.wav", { kind: "audio", channels, lufs }), place.dir);
      expect(run.output).toMatchObject({ integratedLufs: expect.closeTo(lufs, 0), truePeakDbtp: expect.toSatisfy((peak: number) => peak <= -1), frames: Math.ceil(seconds * 24) });
      const heard = await wavLoudness(run.path("audio"));
      expect([heard.integratedLufs, heard.truePeakDbtp]).toEqual([expect.closeTo(lufs, 0), expect.closeTo(run.output["truePeakDbtp"] as number, 0)]);
      const reader = new WavReader(run.path("audio"));
      expect([reader.frames, reader.channels]).toEqual([Math.ceil(seconds * 24) * 2_000, channels]);
      // Nothing is moved: where there was quiet between two syllables there is quiet.
      expect(reader.read(7_600, 1_600).every((sample) => Math.abs(sample) < 0.01)).toBe(true);
      reader.close();
    }
  });

  test("keeps the words that are said in it, as long as there is sound", async () => {
    writeWav(file("words.wav"), { channels: [tone(1, 48_000)], rate: 48_000 });
    const words = [{ text: "Roll", start: 0.1, end: 0.4 }, { text: "cam\u00e9ra.", start: 0.5, end: 1.4 }, { text: "Now", start: 1.5, end: 1.2 }];
    const run = await runModel(conform, wanted("words.wav", { kind: "audio", words }), place.dir);
    expect(JSON.parse(readFileSync(run.path("timings"), "utf8"))).toEqual({ words: [words[0], { text: "cam\u00e9ra.", start: 0.5, end: 1 }, { text: "Now", start: 1, end: 1 }], seconds: 1 });
    expect(JSON.parse(readFileSync((await runModel(conform, wanted("words.wav", { kind: "audio" }), place.dir)).path("timings"), "utf8"))).toEqual({ words: [], seconds: 1 });
  });

  test.each([0xffff_ffff, 0x7fff_ffff, 0])("written by a stream that did not know its length (%i) is as long as what there is", async (claimed) => {
    writeWav(file("stream.wav"), { channels: [tone(1.5, 24_000)], rate: 24_000 });
    const bytes = readFileSync(file("stream.wav"));
    bytes.writeUInt32LE(claimed, 4);
    bytes.writeUInt32LE(claimed, 40);
    writeFileSync(file("stream.wav"), bytes);
    expect((await runModel(conform, wanted("stream.wav", { kind: "audio" }), place.dir)).output.frames).toBe(36);
  });
});

describe("a picture that another provider made", () => {
  test.each([["image/png", 1024, 1024], ["image/jpeg", 500, 900], ["image/webp", 1600, 700]] as const)("(%s of %i x %i) covers the film's size and is opaque", async (type, width, height) => {
    const canvas = createCanvas(width, height);
    picture({ width, height })(canvas.getContext("2d"), 100);
    writeFileSync(file("picture"), canvas.toBuffer(type as "image/png"));
    for (const aspect of aspects) {
      const run = await runModel(conform, wanted("picture", { kind: "image", aspect }), place.dir);
      const image = await loadImage(run.path("panel"));
      const copy = createCanvas(image.width, image.height);
      copy.getContext("2d").drawImage(image, 0, 0);
      const { data } = copy.getContext("2d").getImageData(0, 0, image.width, image.height);
      expect([image.width, image.height, data.every((value, n) => n % 4 < 3 || value === 255)]).toEqual([SIZES[aspect].width, SIZES[aspect].height, true]);
      expect(disc({ ...SIZES[aspect], rgba: data as Picture["rgba"] })).toEqual(covering({ width, height }, SIZES[aspect]));
      expect(Object.keys(run.output)).toEqual(["panel"]);
    }
  });
});

describe("what is not what was ordered is refused with a sentence", () => {
  beforeAll(async () => {
    await testClip(file("clip.mp4"), { width: 320, height: 180, frames: 96, hue: 20 });
    writeWav(file("sound.wav"), { channels: [tone(1, 48_000)], rate: 48_000 });
    writeFileSync(file("still.png"), createCanvas(64, 64).toBuffer("image/png"));
    writeFileSync(file("nothing"), "");
    writeFileSync(file("page.mp4"), "<html><body>403 Forbidden</body></html>");
    writeFileSync(file("answer.mp4"), JSON.stringify({ error: "quota", detail: "x".repeat(3000) }));
    writeFileSync(file("playlist.mp4"), "#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n");
    const clip = readFileSync(file("clip.mp4"));
    writeFileSync(file("cut-off.mp4"), clip.subarray(0, Math.round(clip.length * 0.4)));
    writeFileSync(file("half-a.png"), readFileSync(file("still.png")).subarray(0, 60));
    const head = wavHeader({ rate: 48_000, channels: 1 }, 0);
    writeFileSync(file("silent.wav"), head);
    writeWav(file("room.wav"), { channels: [tone(2, 48_000, 0.0015)], rate: 48_000 });
    writeWav(file("hush.wav"), { channels: [tone(2, 48_000).map((sample) => sample / 1_000)], rate: 48_000 });
    const long = Buffer.concat([wavHeader({ rate: 8000, channels: 1 }, 31 * 60 * 8000), Buffer.alloc(31 * 60 * 8000 * 2)]);
    writeFileSync(file("long.wav"), long);
    await video("decades.mp4", { width: 64, height: 64, times: [0, 0.04, 1900] });
  });

  test("a sound that would be only noise if it were as loud as the others", async () => {
    await expect(runModel(conform, wanted("room.wav", { kind: "audio", lufs: -20 }), place.dir)).rejects.toMatchObject({ name: "InputError", message: expect.stringMatching(/^the sound is too quiet: it is at -6\d(\.\d)? LUFS/) });
    expect((await runModel(conform, wanted("room.wav", { kind: "audio" }), place.dir)).output["integratedLufs"]).toBeLessThan(-58);
  });

  test.each([
    ["nothing", "video", "the file is empty"],
    ["nothing", "audio", "the file is empty"],
    ["page.mp4", "video", "the file is not a video, sound or picture that can be read"],
    ["answer.mp4", "image", "the file is not a video, sound or picture that can be read"],
    ["playlist.mp4", "audio", "the file is not a video, sound or picture that can be read"],
    ["still.png", "video", "the file is a picture, not a video"],
    ["clip.mp4", "image", "the file is a video, not a picture"],
    ["clip.mp4", "audio", "the file has no sound"],
    ["sound.wav", "video", "the file has no picture"],
    ["sound.wav", "image", "the file has no picture"],
    ["cut-off.mp4", "video", "the video is damaged: it says that it lasts 4.00 s"],
    ["half-a.png", "image", "the picture cannot be decoded: the file is damaged or too large"],
    ["silent.wav", "audio", "the file has no sound that can be decoded"],
    ["hush.wav", "audio", "the sound is silent: nothing can be heard in it"],
    ["long.wav", "audio", "the file is longer than 30 minutes"],
    ["decades.mp4", "video", "the file is longer than 30 minutes"],
  ])("%s as %s: %s", async (name, kind, message) => {
    await expect(runModel(conform, wanted(name, { kind }), place.dir)).rejects.toMatchObject({ name: "InputError", message: expect.stringContaining(message) });
  });

  test.each([{ frames: 0 }, { frames: 1.5 }, { frames: 10_000_000 }, { channels: 3 }, { aspect: "4:3" }, { kind: "text" }, { words: [{ text: "a", start: -1, end: 0 }] }, { file: "file:///etc/passwd" }])("an order of %j is none", (wrong) => {
    expect(conform.input.safeParse({ file: "https://files.example/a", kind: "video", aspect: "16:9", ...wrong }).success).toBe(false);
  });
});
