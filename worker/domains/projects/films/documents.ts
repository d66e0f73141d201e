import type { Ctx } from "#core/context.ts";
import { sha256 } from "#core/encoding.ts";
import type { Film } from "#film/film.ts";

const TEXT = { httpMetadata: { contentType: "text/plain; charset=utf-8" } };
const JSON_TYPE = { httpMetadata: { contentType: "application/json" } };

/** Put a film document away under its hash. Doing it twice is harmless. */
export async function putFilm(ctx: Ctx, film: Film): Promise<string> {
  const text = JSON.stringify(film);
  const hash = await sha256(text);
  await ctx.env.MEDIA.put(`films/${hash}.json`, text, JSON_TYPE);
  return hash;
}

/** The film document with this hash. It was put there before anything pointed at it, so its absence is our fault. */
export async function readFilm(ctx: Ctx, hash: string): Promise<Film> {
  const stored = await ctx.env.MEDIA.get(`films/${hash}.json`);
  if (!stored) throw new Error(`the film document ${hash} is missing`);
  return stored.json<Film>();
}

/** Put a script's text away under the hash of its UTF-8. */
export async function putText(ctx: Ctx, text: string): Promise<string> {
  const hash = await sha256(text);
  await ctx.env.MEDIA.put(`scripts/${hash}`, text, TEXT);
  return hash;
}

/** The script text with this hash, byte order mark included. */
export async function readText(ctx: Ctx, hash: string): Promise<string> {
  const stored = await ctx.env.MEDIA.get(`scripts/${hash}`);
  if (!stored) throw new Error(`the script ${hash} is missing`);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await stored.arrayBuffer());
}
