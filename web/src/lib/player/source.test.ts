import { afterEach, expect, test, vi } from "vitest";
import { AttachedStream } from "./source.ts";

const SOURCES = { file: "/media/film.mp4", stream: "https://customer-x.cloudflarestream.com/token/manifest/video.m3u8" };

/** As much of a video element as is asked of it. */
class FakeVideo extends EventTarget {
  src = SOURCES.file;
  currentTime = 0;
  paused = true;
  plays = 0;
  readonly #can: string;
  constructor(can: string) {
    super();
    this.#can = can;
  }
  canPlayType(): string {
    return this.#can;
  }
  async play(): Promise<void> {
    this.plays += 1;
    this.paused = false;
    this.dispatchEvent(new Event("play"));
  }
  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }
}

function attached(can: string, before: (video: FakeVideo) => void = () => {}) {
  const video = new FakeVideo(can);
  before(video);
  const changes: string[] = [];
  const attachment = new AttachedStream(video as unknown as HTMLVideoElement, SOURCES, () => changes.push(video.src));
  return { video, ready: attachment.ready, stop: () => attachment.stop(), changes };
}

afterEach(() => { vi.useRealTimers(); });

test("a browser that plays streams by itself is given the stream, at once", async () => {
  const { video, ready } = attached("maybe");
  expect(video.src).toBe(SOURCES.stream);
  await ready;
});

test("a stream that fails is replaced by the file, at the same moment of the film, playing where it played, and once", async () => {
  const { video, changes } = attached("maybe");
  await video.play();
  // Chromium says so once a stream has failed, without an event.
  Object.assign(video, { currentTime: 12.5, paused: true });
  video.dispatchEvent(new Event("error"));
  expect([video.src, video.currentTime, video.plays, changes]).toEqual([SOURCES.file, 12.5, 2, [SOURCES.file]]);
  video.dispatchEvent(new Event("error"));
  expect([video.plays, changes.length]).toEqual([2, 1]);
});

test("a stream that shows nothing for a quarter of a minute is replaced too; one that began is left to itself", async () => {
  vi.useFakeTimers();
  const [silent, slow] = [attached("maybe").video, attached("maybe").video];
  await Promise.all([silent.play(), slow.play()]);
  vi.advanceTimersByTime(14_000);
  slow.dispatchEvent(new Event("playing"));
  vi.advanceTimersByTime(60_000);
  expect([silent.src, slow.src]).toEqual([SOURCES.file, SOURCES.stream]);
});

test("a film that was paused stays so when its stream fails", async () => {
  const { video } = attached("maybe");
  await video.play();
  video.pause();
  video.currentTime = 12.5;
  video.dispatchEvent(new Event("error"));
  expect([video.src, video.currentTime, video.plays]).toEqual([SOURCES.file, 12.5, 1]);
});

test("a stream that fails before anything played leaves the film at rest", () => {
  const { video } = attached("probably");
  video.dispatchEvent(new Event("error"));
  expect([video.src, video.currentTime, video.plays]).toEqual([SOURCES.file, 0, 0]);
});

test("a film that plays already, or was wound on, goes on from where it is", () => {
  expect(attached("maybe", (video) => { video.paused = false; }).video.src).toBe(SOURCES.file);
  expect(attached("maybe", (video) => { video.currentTime = 3; }).video.src).toBe(SOURCES.file);
});

test("a browser that lacks what a script needs for streams keeps the file", async () => {
  const { video, ready, changes } = attached("");
  await ready;
  expect([video.src, changes]).toEqual([SOURCES.file, []]);
});

test("who leaves the page is not called any more", () => {
  const { video, stop, changes } = attached("maybe");
  stop();
  video.dispatchEvent(new Event("error"));
  expect([video.src, changes]).toEqual([SOURCES.stream, []]);
});
