/** Published films: the feed, a film's page, makers. */
import { answerOf, api, done, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Page } from "./types.ts";

type Schemas = components["schemas"];

export type VideoCard = Schemas["VideoCard"];
export type PublishedVideo = Schemas["Video"];
export type VideoDetails = Schemas["VideoDetails"];
export type VideoEdit = Schemas["UpdateVideo"];
export type Profile = Schemas["Profile"];

export const FEED_PAGE = 24;
export type FeedFilter = "all" | "recent";

const query = (cursor: string | null) => ({ limit: FEED_PAGE, ...(cursor !== null && { cursor }) });

export const listFeed = (fetch: Fetch, { filter, cursor }: { filter: FeedFilter; cursor: string | null }): Promise<Page<VideoCard>> => answerOf(api(fetch).GET("/api/v1/feed", { params: { query: { filter, ...query(cursor) } } }));
export const getVideo = (fetch: Fetch, id: string): Promise<PublishedVideo> => answerOf(api(fetch).GET("/api/v1/videos/{id}", { params: { path: { id } } }));
export const getVideoDetails = (fetch: Fetch, id: string): Promise<VideoDetails> => answerOf(api(fetch).GET("/api/v1/videos/{id}/details", { params: { path: { id } } }));
export const listOwnVideos = (fetch: Fetch, { cursor }: { cursor: string | null }): Promise<Page<VideoCard>> => answerOf(api(fetch).GET("/api/v1/videos", { params: { query: query(cursor) } }));
export const updateVideo = (fetch: Fetch, id: string, body: VideoEdit): Promise<PublishedVideo> => answerOf(api(fetch).PATCH("/api/v1/videos/{id}", { params: { path: { id } }, body }));
export const takeDownVideo = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/videos/{id}", { params: { path: { id } } }));

export const getProfile = (fetch: Fetch, handle: string): Promise<Profile> => answerOf(api(fetch).GET("/api/v1/profiles/{handle}", { params: { path: { handle } } }));
export const listProfileVideos = (fetch: Fetch, handle: string, { cursor }: { cursor: string | null }): Promise<Page<VideoCard>> =>
  answerOf(api(fetch).GET("/api/v1/profiles/{handle}/videos", { params: { path: { handle }, query: query(cursor) } }));
