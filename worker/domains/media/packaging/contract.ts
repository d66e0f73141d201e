import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";

export const packageStates = ["waiting", "copying", "ready", "failed", "removing"] as const;

/** A film as a stream that adapts to the viewer's network. */
export const Manifest = z.object({
  url: z.string().meta({ description: "HLS, with a token in it" }), expiresAt: z.iso.datetime(),
}).meta({ id: "Manifest" });
export type Manifest = z.infer<typeof Manifest>;

const about = z.object({ package: z.string(), video: z.string() });
/** Kept, and heard by nobody: the row itself says what is to be done next. */
const kept = { heard: false };
export const packageOrdered = defineEvent("package.ordered", about, kept);
export const packageReady = defineEvent("package.ready", about.extend({ uid: z.string(), attempts: z.int() }), kept);
export const packageFailed = defineEvent("package.failed", about.extend({ reason: z.string(), attempts: z.int() }), kept);
export const packageRemoved = defineEvent("package.removed", about, kept);
