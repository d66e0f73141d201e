import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { noteWriting, written } from "./writing.ts";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

const answerAfter = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** How long it waits. */
async function waitedFor(): Promise<number> {
  const began = Date.now();
  const waiting = written().then(() => Date.now() - began);
  await vi.advanceTimersByTimeAsync(30_000);
  return waiting;
}

test("waits for what is being written, for what begins right after it, and not where it fails", async () => {
  vi.stubGlobal("document", {});
  noteWriting(answerAfter(1_000).then(() => { noteWriting(answerAfter(500)); }));
  noteWriting(Promise.reject(new Error("no")));
  expect(await waitedFor()).toBe(1_600);
  expect(await waitedFor()).toBe(100);
});

test("does not wait for ever", async () => {
  vi.stubGlobal("document", {});
  noteWriting(answerAfter(20_000));
  expect(await waitedFor()).toBe(10_100);
});

test("a server notes nothing", async () => {
  noteWriting(answerAfter(5_000));
  expect(await waitedFor()).toBe(100);
});
