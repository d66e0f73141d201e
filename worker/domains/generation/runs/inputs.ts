import { sql } from "drizzle-orm";
import { inStudio, type Ctx } from "#core/context.ts";
import { settings } from "#core/env.ts";
import { assetsById, signLink, UPLOAD_KIND, type AssetRow } from "#domains/media/index.ts";
import type { Json } from "#film/film.ts";

/** A link in an input outlives the longest queue. */
const LINK_SECONDS = 24 * 3_600;

/** Files that were looked up for an order, by id: whoever brings its result in at once need not ask again. */
export type KnownAssets = Map<string, AssetRow>;

/** Replaces the places of assets (`{$asset: id}`) and of what people brought (`{$upload: sha256}`) by signed URLs. Throws where one is missing. */
export async function withLinks(ctx: Ctx, studio: string, input: Json, known: KnownAssets = new Map()): Promise<Json> {
  const places = placesIn(input);
  const assets = await assetsById(inStudio(ctx, studio, "owner"), [...places.assets]);
  for (const [id, asset] of assets) known.set(id, asset);
  const files = new Map([...assets].map(([id, { key, kind, contentType }]) => [`asset:${id}`, { key, type: kind === UPLOAD_KIND ? contentType : null }]));
  for (const hash of places.uploads) {
    const row = await ctx.db.get<{ key: string }>(sql`select key from assets where studio = ${studio} and sha256 = ${hash} order by created_at desc limit 1`);
    if (row) files.set(`upload:${hash}`, { key: row.key, type: null });
  }
  const origin = settings(ctx.env).RENDERER_CALLBACK_ORIGIN;
  const links = new Map(await Promise.all([...files].map(async ([place, { key, type }]) => [place, `${origin}${(await signLink(ctx, key, LINK_SECONDS, type)).url}`] as const)));
  const linkTo = (place: string): string => {
    const link = links.get(place);
    if (link === undefined) throw new Error(`${place} is not there`);
    return link;
  };
  return mapJson(input, (value) => (typeof value["$asset"] === "string" ? linkTo(`asset:${value["$asset"]}`) : typeof value["$upload"] === "string" ? linkTo(`upload:${value["$upload"]}`) : null));
}

function placesIn(input: Json): { assets: Set<string>; uploads: Set<string> } {
  const places = { assets: new Set<string>(), uploads: new Set<string>() };
  mapJson(input, (value) => {
    if (typeof value["$asset"] === "string") places.assets.add(value["$asset"]);
    else if (typeof value["$upload"] === "string") places.uploads.add(value["$upload"]);
    return null;
  });
  return places;
}

function mapJson(value: Json, replace: (object: { [key: string]: Json }) => Json): Json {
  if (Array.isArray(value)) return value.map((member) => mapJson(member, replace));
  if (typeof value !== "object" || value === null) return value;
  return replace(value) ?? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapJson(member, replace)]));
}
