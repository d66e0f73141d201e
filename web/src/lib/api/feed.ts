/** Published films: the feed, a film's page, makers. */
import type { Aspect } from "#film/film.ts";
import { ask, type Fetch } from "./client.ts";
import type { Page, Visibility } from "./types.ts";

export interface Poster {
  avif480: string;
  avif960: string;
  webp480: string;
  webp960: string;
  jpeg1280: string;
  color: string;
}

export interface VideoCard {
  id: string;
  title: string;
  seconds: number;
  aspect: Aspect;
  maker: { studio: string; handle: string; name: string };
  poster: Poster | null;
  preview: string | null;
  /** Made with AI. */
  generated: boolean;
  publishedAt: string;
}

export interface PublishedVideo extends VideoCard {
  description: string;
  tags: string[];
  visibility: Visibility;
  /** For its own studio only. */
  project: string | null;
  sources: { url: string; contentType: string; width: number; height: number }[];
  captions: { url: string; language: string }[];
  sprite: string | null;
  showsScript: boolean;
  showsProduction: boolean;
  actions: ("edit" | "take-down")[];
}

export interface VideoDetails {
  id: string;
  script: string | null;
  production: { node: string; kind: string; label: string; tool: string; model: string; provider: string; prompt: string | null; seconds: number | null; imageUrl: string | null }[];
  voiceovers: { node: string; character: string; text: string | null; cast: string; audioUrl: string | null }[];
}

export interface VideoEdit {
  title?: string;
  description?: string;
  tags?: string[];
  visibility?: Visibility;
  showScript?: boolean;
  showProduction?: boolean;
}

export interface Profile {
  handle: string;
  name: string;
  bio: string;
  videos: number;
  joinedAt: string;
}

export const FEED_PAGE = 24;
export type FeedFilter = "all" | "recent";

const at = (id: string, rest = ""): string => `/v1/videos/${encodeURIComponent(id)}${rest}`;

export const listFeed = (fetch: Fetch, query: { filter: FeedFilter; cursor: string | null; limit?: number }): Promise<Page<VideoCard>> => ask(fetch, { path: "/v1/feed", query: { limit: FEED_PAGE, ...query } });
export const getVideo = (fetch: Fetch, id: string): Promise<PublishedVideo> => ask(fetch, { path: at(id) });
export const getVideoDetails = (fetch: Fetch, id: string): Promise<VideoDetails> => ask(fetch, { path: at(id, "/details") });
export const listOwnVideos = (fetch: Fetch, query: { cursor: string | null }): Promise<Page<VideoCard>> => ask(fetch, { path: "/v1/videos", query: { limit: FEED_PAGE, ...query } });
export const updateVideo = (fetch: Fetch, id: string, body: VideoEdit): Promise<PublishedVideo> => ask(fetch, { method: "PATCH", path: at(id), body });
export const takeDownVideo = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: at(id) });

export const getProfile = (fetch: Fetch, handle: string): Promise<Profile> => ask(fetch, { path: `/v1/profiles/${encodeURIComponent(handle)}` });
export const listProfileVideos = (fetch: Fetch, handle: string, query: { cursor: string | null }): Promise<Page<VideoCard>> =>
  ask(fetch, { path: `/v1/profiles/${encodeURIComponent(handle)}/videos`, query: { limit: FEED_PAGE, ...query } });
