import { vi } from "vitest";
import { env, exports } from "cloudflare:workers";
import { systemCtx, type Ctx } from "../worker/core/context.ts";
import { openDb } from "../worker/core/db.ts";
import { sha256 } from "../worker/core/encoding.ts";
import { advancePackages, keepPackage, packagingTasks } from "../worker/domains/media/packaging/service.ts";
import { stream, type StreamAccess } from "../worker/domains/media/packaging/stream.ts";
import type { PackageRow } from "../worker/domains/media/packaging/tables.ts";
import { mp4 } from "./emulators/media.ts";
import { StreamEmulator } from "./emulators/stream/emulator.ts";
import { newSigningKey } from "./emulators/stream/tokens.ts";
import { ORIGIN } from "./world.ts";

const API = "https://api.cloudflare.com";
export const WEBHOOK = `${ORIGIN}/api/webhooks/stream`;
const SECRET = "85011ed3a913c6ad5f9cf6c5573cc0a7";

export interface Film {
  studio: string;
  video: string;
  file: { key: string; sha256: string };
}

/** An account at Stream, and an installation that is set up to use it. */
export interface StreamWorld {
  stream: StreamEmulator;
  ctx: Ctx;
  access: StreamAccess;
  /** A film's file in storage, of a video that nothing is known of yet. */
  film(video?: string): Promise<Film>;
  /** What happens when a film is shown, in one go. */
  show(film: Film): Promise<void>;
  /** What happens when it is hidden. */
  hide(film: Film): Promise<void>;
  /** Lets time go by, and the minute's turn come. */
  pass(minutes: number): Promise<void>;
  packages(video: string): Promise<PackageRow[]>;
  /** The one package of a film. */
  package(video: string): Promise<PackageRow>;
  /** Types of what happened to packages of a film. */
  events(video: string): Promise<string[]>;
  /** Sends a webhook that is made by hand. */
  post(init: RequestInit): Promise<Response>;
}

let movedMs = 0;
export const moveBy = (ms: number): void => void (movedMs += ms);

/** What a stand-in of Stream answers, and who it is for, as an installation is told. */
export async function newStream(): Promise<{ stream: StreamEmulator; access: StreamAccess }> {
  const key = await newSigningKey();
  const account = crypto.randomUUID().replaceAll("-", "");
  const made = new StreamEmulator({
    origin: API, filesOrigin: API, key: "token", account, webhookSecret: SECRET, notificationUrl: WEBHOOK, keys: [key], now: () => Date.now(), delayMs: null,
    deliver: (url, init) => exports.default.fetch(new Request(url, init)), fetchFile: (url) => exports.default.fetch(new Request(url)),
  });
  return { stream: made, access: { account, token: "token", apiBase: `${API}/client/v4`, playbackBase: "https://customer-tests.cloudflarestream.com", webhookSecrets: SECRET, keyId: key.id, jwk: key.jwk, environment: ORIGIN } };
}

/** Lets the installation reach a stand-in, at a time that a test moves. */
export function useStream(made: StreamEmulator, access: StreamAccess): void {
  movedMs = 0;
  const realNow = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + movedMs);
  vi.spyOn(stream, "configured").mockReturnValue(access);
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init);
    return new URL(request.url).origin === API ? made.handle(request) : real(request);
  });
}

export async function newStreamWorld(): Promise<StreamWorld> {
  vi.restoreAllMocks();
  const { stream: made, access } = await newStream();
  useStream(made, access);
  await env.DB.prepare("DELETE FROM packages").run();
  const ctx = systemCtx(env, openDb(env), "test", () => undefined);
  const self: StreamWorld = {
    stream: made, ctx, access,
    film: async (video = ctx.newId("video")) => {
      const bytes = await mp4({ width: 320, height: 180, frames: 48, audio: "aac" });
      const [studio, hash] = [ctx.newId("studio"), await sha256(crypto.randomUUID())];
      const key = `takes/${studio}/${hash}.mp4`;
      await env.MEDIA.put(key, bytes, { httpMetadata: { contentType: "video/mp4" } });
      return { studio, video, file: { key, sha256: hash } };
    },
    show: async (film) => {
      await keepPackage(ctx, film);
      await advancePackages(ctx, film.video);
    },
    hide: async (film) => {
      await keepPackage(ctx, { ...film, file: null });
      await advancePackages(ctx, film.video);
    },
    pass: async (minutes) => {
      moveBy(minutes * 60_000);
      for (const task of packagingTasks) await task.run(ctx);
    },
    packages: async (video) => (await env.DB.prepare("SELECT id, state, uid, attempts, silences, failure, sha256, sent_at AS sentAt, due_at AS dueAt FROM packages WHERE video = ? ORDER BY created_at, id").bind(video).all<PackageRow>()).results,
    package: async (video) => {
      const [one, ...more] = await self.packages(video);
      if (!one || more.length > 0) throw new Error(`there are ${more.length + (one ? 1 : 0)} packages of ${video}`);
      return one;
    },
    events: async (video) => (await env.DB.prepare("SELECT type FROM events WHERE type LIKE 'package.%' AND data ->> 'video' = ? ORDER BY at, rowid").bind(video).all<{ type: string }>()).results.map(({ type }) => type),
    post: (init) => exports.default.fetch(new Request(WEBHOOK, init)),
  };
  return self;
}
