import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { studioOf, type AppEnv } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, pathNames, problems, route, router } from "#core/http.ts";
import { pageOf, PageQuery } from "#core/page.ts";
import { feedFilters, Profile, PublishVideo, UpdateVideo, Video, VideoCard, VideoDetails } from "./contract.ts";
import { publishVideo } from "./publish.ts";
import { getProfile, getVideo, getVideoDetails, listFeed, listOwnVideos, listProfileVideos, takeDownVideo, updateVideo, type Viewer } from "./service.ts";

const EDGE_CACHE = "public, max-age=15, stale-while-revalidate=600";
const read = { scope: "videos:read", role: "viewer" } as const;
const write = { scope: "videos:write", role: "editor" } as const;
const Cards = pageOf(VideoCard);

/** The studio of a signed-in viewer; their answers are never shared, everyone else's are. A key sees more than the public by its scope only. */
function viewerIn(c: Context<AppEnv>): Viewer {
  const { studioCtx } = c.var;
  if (!studioCtx) c.header("cache-control", EDGE_CACHE);
  return studioCtx?.actor.kind === "key" && !studioCtx.actor.scopes.includes(read.scope) ? null : studioCtx;
}

const feed = route("public", {
  method: "get", path: "/feed", operationId: "listFeed", summary: "Published films, newest first",
  request: { query: PageQuery.extend({ filter: z.enum(feedFilters).default("all") }) },
  responses: { 200: json(Cards, "A page of films"), ...problems("request.invalid") },
});
const publish = route(write, {
  method: "post", path: "/videos", operationId: "publishVideo", summary: "Publish a film of a project",
  request: { headers: IdempotencyKey, body: body(PublishVideo) },
  responses: { 201: json(Video, "Published"), ...problems("auth.required", "request.invalid", "project.not_found", "asset.not_found", "video.not_publishable", "request.key_reused") },
});
const own = route(read, {
  method: "get", path: "/videos", operationId: "listVideos", summary: "The studio's own videos, newest first",
  request: { query: PageQuery }, responses: { 200: json(Cards, "A page of videos"), ...problems("auth.required", "request.invalid") },
});
const get = route("optional", {
  method: "get", path: "/videos/{id}", operationId: "getVideo", summary: "A video: public and unlisted ones for everyone, private ones for their studio",
  request: { params: pathId() }, responses: { 200: json(Video, "The video"), ...problems("video.not_found", "video.gone") },
});
const details = route("optional", {
  method: "get", path: "/videos/{id}/details", operationId: "getVideoDetails", summary: "How it was made: script, production and voices, as far as the maker shows them",
  request: { params: pathId() }, responses: { 200: json(VideoDetails, "Frozen when it was published"), ...problems("video.not_found", "video.gone") },
});
const update = route(write, {
  method: "patch", path: "/videos/{id}", operationId: "updateVideo", summary: "Change title, description, tags, visibility or what is shown",
  request: { params: pathId(), body: body(UpdateVideo) }, responses: { 200: json(Video, "The video"), ...problems("auth.required", "request.invalid", "video.not_found", "resource.changed") },
});
const takeDown = route(write, {
  method: "delete", path: "/videos/{id}", operationId: "takeDownVideo", summary: "Take a video down, files included",
  request: { params: pathId() }, responses: { 204: { description: "Taken down" }, ...problems("auth.required", "video.not_found") },
});
const profile = route("public", {
  method: "get", path: "/profiles/{handle}", operationId: "getProfile", summary: "A maker's page",
  request: { params: pathNames("handle") }, responses: { 200: json(Profile, "The maker"), ...problems("profile.not_found") },
});
const profileVideos = route("public", {
  method: "get", path: "/profiles/{handle}/videos", operationId: "listProfileVideos", summary: "A maker's published films, newest first",
  request: { params: pathNames("handle"), query: PageQuery }, responses: { 200: json(Cards, "A page of films"), ...problems("profile.not_found", "request.invalid") },
});

export const feedRoutes = router()
  .openapi(feed, async (c) => {
    c.header("cache-control", EDGE_CACHE);
    return c.json(await listFeed(c.var.ctx, c.req.valid("query")), 200);
  })
  .openapi(publish, async (c) => c.json(await publishVideo(studioOf(c), c.req.valid("json")), 201))
  .openapi(own, async (c) => c.json(await listOwnVideos(studioOf(c), c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getVideo(c.var.ctx, viewerIn(c), c.req.valid("param").id), 200))
  .openapi(details, async (c) => c.json(await getVideoDetails(c.var.ctx, viewerIn(c), c.req.valid("param").id), 200))
  .openapi(update, async (c) => c.json(await updateVideo(studioOf(c), c.req.valid("param").id, c.req.valid("json")), 200))
  .openapi(takeDown, async (c) => {
    await takeDownVideo(studioOf(c), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(profile, async (c) => {
    c.header("cache-control", EDGE_CACHE);
    return c.json(await getProfile(c.var.ctx, c.req.valid("param").handle), 200);
  })
  .openapi(profileVideos, async (c) => {
    c.header("cache-control", EDGE_CACHE);
    return c.json(await listProfileVideos(c.var.ctx, c.req.valid("param").handle, c.req.valid("query")), 200);
  });
