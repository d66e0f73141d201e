import { afterEach, expect, test, vi } from "vitest";
import { newStreamWorld, type StreamWorld } from "../../../../test/stream-world.ts";
import { manifestOf } from "./playback.ts";

afterEach(() => vi.restoreAllMocks());

/** A film that is packaged. */
async function packaged(world: StreamWorld): Promise<{ video: string; sha256: string; seconds: number }> {
  const { video, file, studio } = await world.film();
  await world.show({ video, file, studio });
  world.stream.end((await world.package(video)).uid ?? "");
  await world.pass(2);
  return { video, sha256: file.sha256, seconds: 60 };
}

test("a viewer who leaves while the key is being read, whose request ends with that, holds up nobody else", { timeout: 20_000 }, async () => {
  const world = await newStreamWorld();
  const film = await packaged(world);
  const importKey = vi.spyOn(crypto.subtle, "importKey").mockReturnValueOnce(new Promise<never>(() => {}));
  void manifestOf(world.ctx, film);
  await expect.poll(() => importKey.mock.calls.length).toBe(1);
  const shown = await Promise.race([manifestOf(world.ctx, film), new Promise((late) => setTimeout(() => late("never"), 3_000))]);
  expect(shown).toMatchObject({ url: expect.stringContaining("/manifest/video.m3u8") });
});
