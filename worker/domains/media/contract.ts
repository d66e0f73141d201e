import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";

export const UPLOAD_BYTES_MAX = 2_000_000_000;

export const CreateUpload = z.object({
  project: z.string().nullable().default(null),
  filename: z.string().min(1).max(255),
  contentType: z.string().min(3).max(120),
  bytes: z.int().min(1).max(UPLOAD_BYTES_MAX),
  sha256: z.string().regex(/^[0-9a-f]{64}$/).optional(),
}).meta({ id: "CreateUpload" });
export type CreateUpload = z.infer<typeof CreateUpload>;

export const Upload = z.object({
  object: z.literal("upload"), id: z.string(), status: z.enum(["waiting", "ready", "failed"]),
  put: z.object({ url: z.string(), method: z.literal("PUT"), headers: z.record(z.string(), z.string()), expiresAt: z.iso.datetime() }).nullable(),
  asset: z.string().nullable(), problem: z.object({ code: z.string(), detail: z.string() }).nullable(), createdAt: z.iso.datetime(),
}).meta({ id: "Upload" });
export type Upload = z.infer<typeof Upload>;

export const Asset = z.object({
  object: z.literal("asset"), id: z.string(), project: z.string().nullable(),
  kind: z.string().meta({ description: "The kind of the node it was made for (animatic, cut, voice, …), or `upload`" }),
  node: z.string().nullable(), take: z.string().nullable(), role: z.string(), contentType: z.string(), bytes: z.int(), sha256: z.string(),
  seconds: z.number().nullable(), width: z.int().nullable(), height: z.int().nullable(),
  url: z.string().nullable().meta({ description: "Signed; expires. Null for what people brought: it is served once it is conformed, as the take that it became" }), urlExpiresAt: z.iso.datetime().nullable(), createdAt: z.iso.datetime(),
}).meta({ id: "Asset" });
export type Asset = z.infer<typeof Asset>;

export const uploadCompleted = defineEvent("upload.completed", z.object({ upload: z.string(), asset: z.string() }));
