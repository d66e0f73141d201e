import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { Manifest } from "#domains/media/index.ts";

export const visibilities = ["private", "unlisted", "public"] as const;
export const feedFilters = ["all", "recent"] as const;

export const Maker = z.object({ studio: z.string(), handle: z.string(), name: z.string() }).meta({ id: "Maker" });

export const VideoCard = z.object({
  object: z.literal("video"), id: z.string(), title: z.string(), seconds: z.number(), aspect: z.enum(["16:9", "9:16", "1:1"]), maker: Maker,
  poster: z.object({ avif480: z.string(), avif960: z.string(), webp480: z.string(), webp960: z.string(), jpeg1280: z.string(), color: z.string() }).nullable(),
  preview: z.string().nullable(), generated: z.boolean().meta({ description: "Made with AI: labelled where it is first seen" }), publishedAt: z.iso.datetime(),
}).meta({ id: "VideoCard" });

export const Video = VideoCard.extend({
  description: z.string(), tags: z.array(z.string()), visibility: z.enum(visibilities), project: z.string().nullable().meta({ description: "For its own studio only" }),
  sources: z.array(z.object({ url: z.string(), contentType: z.string(), width: z.int(), height: z.int() })),
  hls: Manifest.nullable().meta({ description: "The same film as a stream, where it is packaged; `sources` always play" }),
  captions: z.array(z.object({ url: z.string(), language: z.string() })), sprite: z.string().nullable(),
  showsScript: z.boolean(), showsProduction: z.boolean(), actions: z.array(z.enum(["edit", "take-down"])),
}).meta({ id: "Video" });
export type Video = z.infer<typeof Video>;

/** Frozen at publication: what the tabs of the watch page show. */
export const VideoDetails = z.object({
  object: z.literal("video_details"), id: z.string(),
  script: z.string().nullable(),
  production: z.array(z.object({ node: z.string(), kind: z.string(), label: z.string(), tool: z.string(), model: z.string(), provider: z.string(), prompt: z.string().nullable(), seconds: z.number().nullable(), imageUrl: z.string().nullable() })),
  voiceovers: z.array(z.object({ node: z.string(), character: z.string(), text: z.string().nullable(), cast: z.string(), audioUrl: z.string().nullable() })),
}).meta({ id: "VideoDetails" });

const said = {
  title: z.string().trim().min(1).max(120), description: z.string().max(5_000),
  tags: z.array(z.string().trim().toLowerCase().min(1).max(32)).max(12),
  visibility: z.enum(visibilities), showScript: z.boolean(), showProduction: z.boolean(),
};
export const PublishVideo = z.object({
  ...said, project: z.string(), asset: z.string().meta({ description: "A video asset of the project: its cut or its animatic" }),
  description: said.description.default(""), tags: said.tags.default([]), visibility: said.visibility.default("private"),
  showScript: said.showScript.default(false), showProduction: said.showProduction.default(false),
}).meta({ id: "PublishVideo" });
export type PublishVideo = z.infer<typeof PublishVideo>;
/** What is left out stays as it is: so nothing here has a default. */
export const UpdateVideo = z.object(said).partial().meta({ id: "UpdateVideo" });

export const Profile = z.object({
  object: z.literal("profile"), handle: z.string(), name: z.string(), bio: z.string(), videos: z.int(), joinedAt: z.iso.datetime(),
}).meta({ id: "Profile" });

export const videoPublished = defineEvent("video.published", z.object({ video: z.string(), project: z.string(), visibility: z.string() }));
export const videoUpdated = defineEvent("video.updated", z.object({ video: z.string(), fields: z.array(z.string()) }));
export const videoTakenDown = defineEvent("video.taken_down", z.object({ video: z.string() }));
