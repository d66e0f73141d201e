import type { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { signLink } from "#domains/media/index.ts";
import type { VideoDetails } from "./contract.ts";
import type { VideoRow } from "./tables.ts";

type Wire = z.infer<typeof VideoDetails>;

/** What is kept of a film when it is published: everything that its tabs could show, whatever the maker shows today. Files by R2 key. */
export interface FrozenDetails {
  script: string;
  production: { node: string; kind: string; label: string; tool: string; model: string; provider: string; prompt: string; seconds: number | null; imageKey: string | null }[];
  voiceovers: { node: string; character: string; text: string; cast: string; audioKey: string | null }[];
}

const LINK_SECONDS = 3_600;

/** Details as the maker lets them be seen: script and prompts only where they opted in; who made what with which model always. */
export async function toDetails(ctx: Ctx, row: VideoRow, frozen: FrozenDetails): Promise<Wire> {
  const link = async (key: string | null) => (key === null || !row.showsProduction ? null : (await signLink(ctx, key, LINK_SECONDS)).url);
  return {
    object: "video_details", id: row.id, script: row.showsScript ? frozen.script : null,
    production: await Promise.all(frozen.production.map(async ({ imageKey, prompt, ...item }) => ({ ...item, prompt: row.showsProduction ? prompt : null, imageUrl: await link(imageKey) }))),
    voiceovers: await Promise.all(frozen.voiceovers.map(async ({ audioKey, text, ...item }) => ({ ...item, text: row.showsScript ? text : null, audioUrl: await link(audioKey) }))),
  };
}
