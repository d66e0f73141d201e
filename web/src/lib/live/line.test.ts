import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProblemError } from "#lib/api/problem.ts";
import type { LiveMessage } from "#lib/api/types.ts";
import { Line, type Greeting } from "./line.ts";

const message = (id: number): LiveMessage => ({ id, type: "wallet", subject: "studio_1", data: {}, at: "2026-11-29T12:00:00.000Z" });

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
  sent: string[] = [];
  closed = false;
  send(text: string) { this.sent.push(text); }
  close() { this.closed = true; }
  opens() { this.dispatchEvent(new Event("open")); }
  says(value: object | string) { this.dispatchEvent(new MessageEvent("message", { data: typeof value === "string" ? value : JSON.stringify(value) })); }
  ends() { this.dispatchEvent(new Event("close")); }
  /** Opens and greets, as the hub does. */
  greets(last: number, complete = true) { this.opens(); this.says({ object: "live", last, complete }); }
}

function newLine() {
  const seen = { sockets: [] as FakeSocket[], asked: [] as (number | null)[], polled: [] as (number | null)[], heard: [] as number[], missed: 0, states: [] as string[], online: true };
  const world = { ...seen, page: async (): Promise<Greeting & { data: LiveMessage[] }> => ({ data: [], last: 0, complete: true }) };
  const line = new Line({
    open: (after) => { const socket = new FakeSocket(); world.sockets.push(socket); world.asked.push(after); return socket as unknown as WebSocket; },
    poll: (after) => { world.polled.push(after); return world.page(); },
    isOnline: () => world.online,
    heard: ({ id }) => { world.heard.push(id); },
    missed: () => { world.missed += 1; },
    became: (state) => { world.states.push(state); },
  });
  const socket = () => world.sockets.at(-1) ?? expect.fail("no socket was opened");
  return { line, world, socket, state: () => world.states.at(-1) };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test("an attempt that does not open is given up after 8 s, and meanwhile it polls every 5 s", async () => {
  const { line, world, state } = newLine();
  world.page = async () => ({ data: [message(3)], last: 3, complete: true });
  line.begin();
  await vi.advanceTimersByTimeAsync(7_900);
  expect([world.sockets.length, world.polled, world.heard]).toEqual([1, [null], [3]]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(world.sockets[0]?.closed).toBe(true);
  expect(world.sockets.length).toBeGreaterThan(3);
  expect(world.asked.slice(1).every((after) => after === 3)).toBe(true);
  expect(world.polled.length).toBeGreaterThanOrEqual(12);
  expect(state()).toBe("polling");
});

test("polling ends where a socket opens, and what both of them say is heard once", async () => {
  const { line, world, socket, state } = newLine();
  let answer: (page: Greeting & { data: LiveMessage[] }) => void = () => undefined;
  world.page = () => new Promise((resolve) => { answer = resolve; });
  line.begin();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(world.polled.length).toBe(1);
  socket().greets(4);
  socket().says(message(5));
  answer({ data: [message(5), message(6)], last: 6, complete: true });
  await vi.advanceTimersByTimeAsync(6_000);
  socket().says(message(6));
  expect([world.heard, world.polled.length, state()]).toEqual([[5, 6], 1, "live"]);
});

test("a socket is pinged, and kept as long as it answers", async () => {
  const { line, world, socket } = newLine();
  line.begin();
  socket().greets(1);
  for (let times = 1; times <= 4; times += 1) {
    await vi.advanceTimersByTimeAsync(25_000);
    expect(socket().sent.length).toBe(times);
    await vi.advanceTimersByTimeAsync(9_000);
    socket().says("pong");
  }
  expect([world.sockets.length, world.polled]).toEqual([1, []]);
});

test("a socket that falls silent is given up, and the next one asks from the last message", async () => {
  const { line, world, socket, state } = newLine();
  line.begin();
  socket().greets(7);
  socket().says(message(8));
  await vi.advanceTimersByTimeAsync(25_000 + 10_000);
  expect([world.sockets[0]?.closed, state(), world.polled]).toEqual([true, "polling", []]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([world.asked, world.polled]).toEqual([[null, 8], [8]]);
  socket().greets(9);
  socket().says(message(9));
  expect([world.heard, world.missed, state()]).toEqual([[8, 9], 0, "live"]);
  // What the old one still says is nobody's.
  world.sockets[0]?.says(message(10));
  world.sockets[0]?.ends();
  expect([world.heard, state()]).toEqual([[8, 9], "live"]);
});

test("a socket that opens and never greets is given up", async () => {
  const { line, world, socket } = newLine();
  line.begin();
  socket().opens();
  await vi.advanceTimersByTimeAsync(11_000);
  expect([world.sockets.length, world.sockets[0]?.closed]).toEqual([2, true]);
});

test("sockets that open and are dropped before they greet come ever more rarely", async () => {
  const { line, world, socket } = newLine();
  line.begin();
  for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    socket().opens();
    socket().ends();
    const before = world.sockets.length;
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(world.sockets.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.sockets.length).toBe(before + 1);
  }
  socket().greets(3);
  socket().ends();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(world.sockets.length).toBe(9);
});

test("where messages between are gone, everything is read anew", async () => {
  const { line, world, socket } = newLine();
  line.begin();
  socket().greets(7);
  socket().ends();
  await vi.advanceTimersByTimeAsync(1_000);
  socket().greets(900, false);
  socket().says(message(900));
  socket().says(message(901));
  expect([world.missed, world.heard]).toEqual([1, [901]]);
});

test("without a network nothing is tried, and it goes on where there is one again", async () => {
  const { line, world, socket, state } = newLine();
  line.begin();
  socket().greets(7);
  world.online = false;
  socket().ends();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([state(), world.sockets.length, world.polled]).toEqual(["offline", 1, []]);
  line.begin();
  expect(world.asked).toEqual([null, 7]);
  line.end("idle");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([state(), world.sockets.length, world.polled]).toEqual(["idle", 2, []]);
});

test("a poll that fails is repeated", async () => {
  const { line, world, socket } = newLine();
  world.page = () => Promise.reject(new Error("no"));
  line.begin();
  socket().ends();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(world.polled.length).toBeGreaterThanOrEqual(3);
});

test.each([401, 403])("whoever is answered %s hears nothing and asks no more, until it begins again", async (status) => {
  const { line, world, socket, state } = newLine();
  world.page = () => Promise.reject(new ProblemError({ status, code: "no", detail: "No." }));
  line.begin();
  socket().ends();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([state(), world.polled.length, world.sockets.length]).toEqual(["idle", 1, 1]);
  world.page = async () => ({ data: [message(3)], last: 3, complete: true });
  line.begin();
  socket().ends();
  await vi.advanceTimersByTimeAsync(100);
  expect([state(), world.heard]).toEqual(["polling", [3]]);
});

test("a poll that the server fails is repeated too", async () => {
  const { line, world, socket } = newLine();
  world.page = () => Promise.reject(new ProblemError({ status: 503, code: "no", detail: "No." }));
  line.begin();
  socket().ends();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(world.polled.length).toBeGreaterThanOrEqual(3);
});
