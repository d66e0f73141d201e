import type { Context } from "hono";
import type { AppEnv } from "#core/access.ts";
import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { problemResponse } from "#core/problem.ts";
import { isBroughtType, isContentType, keyIn, namesTag, type Range, readRange, UPLOAD_PREFIX } from "./rules.ts";
import { checkLink } from "./signing.ts";

/** Objects below this prefix are named by their content's hash and open to everyone until they are taken down. */
export const PUBLIC_PREFIX = "public/";
const YEAR_SECONDS = 31_536_000;

/** How long what a link opens may be kept, and as what an upload is served. */
async function opened(ctx: Ctx, url: URL, key: string): Promise<{ cache: string; type: string | null }> {
  if (key.startsWith(PUBLIC_PREFIX)) return { cache: `public, max-age=${YEAR_SECONDS}, immutable`, type: null };
  const link = await checkLink(ctx, url);
  if (!link.ok && link.reason === "expired") throw new AppError("media.link_expired", "Load the page again for a new link.");
  if (!link.ok) throw new AppError("media.link_invalid", "Ask for the asset again: its answer carries a link that works.");
  return { cache: `private, max-age=${Math.max(0, Math.floor((link.expiresAt - ctx.now()) / 1_000))}, immutable`, type: link.type };
}

/** The part of a file that is asked for. Only GET asks for parts, and with `If-Range` only of the very file that was seen before: a tag that is weak tells nothing of its bytes. */
function rangeWanted({ req }: Context<AppEnv>, { size, httpEtag }: R2Object): Range {
  const known = req.header("if-range");
  return req.method !== "GET" || (known !== undefined && known.trim() !== httpEtag) ? "whole" : readRange(req.header("range") ?? null, size);
}

/**
 * Serve a stored object: signed links for private ones, Range, ETag, and headers that keep whatever is inside from acting as a page.
 * Only content types of the allow-list leave, as the type that was fixed when the object was stored. What people brought leaves as a download, to whoever
 * makes something of it: as bytes without a type, or as what it was found to be where the link says so, since some vendors take nothing else.
 */
export async function serveMedia(c: Context<AppEnv>): Promise<Response> {
  const { ctx } = c.var;
  const url = new URL(c.req.url);
  const key = keyIn(url.pathname.slice("/media/".length));
  if (key === null) throw new AppError("media.not_found", "This file does not exist or was taken down.");
  const { cache, type } = await opened(ctx, url, key);
  const head = await ctx.env.MEDIA.head(key);
  const brought = key.startsWith(UPLOAD_PREFIX);
  const contentType = brought ? (type !== null && isBroughtType(type) ? type : "application/octet-stream") : (head?.httpMetadata?.contentType ?? "");
  if (!head || !(brought || isContentType(contentType))) throw new AppError("media.not_found", "This file does not exist or was taken down.");
  const headers = new Headers({
    "content-type": contentType === "text/vtt" ? "text/vtt; charset=utf-8" : contentType, "cache-control": cache, etag: head.httpEtag, "accept-ranges": "bytes",
    "x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox", "cross-origin-resource-policy": "cross-origin",
    "last-modified": head.uploaded.toUTCString(), ...(brought ? { "content-disposition": "attachment" } : {}),
  });
  if (namesTag(c.req.header("if-none-match") ?? null, head.httpEtag)) return new Response(null, { status: 304, headers });
  const wanted = rangeWanted(c, head);
  if (wanted === "unsatisfiable") {
    const refusal = problemResponse("media.range", `The file has ${head.size} bytes.`, c.var.requestId, { bytes: head.size });
    refusal.headers.set("content-range", `bytes */${head.size}`);
    return refusal;
  }
  const range = wanted === "whole" ? { offset: 0, length: head.size } : wanted;
  headers.set("content-length", String(range.length));
  if (wanted !== "whole") headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${head.size}`);
  const status = wanted === "whole" ? 200 : 206;
  if (c.req.method === "HEAD") return new Response(null, { status, headers });
  const object = await ctx.env.MEDIA.get(key, wanted === "whole" ? {} : { range });
  if (!object) throw new AppError("media.not_found", "This file does not exist or was taken down.");
  return new Response(object.body, { status, headers, encodeBody: "manual" });
}
