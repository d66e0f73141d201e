import type { RequestEvent } from "@sveltejs/kit";
import { askApi } from "./api-binding.ts";

const KEPT_MS = 300_000;
const FAILED_KEPT_MS = 15_000;

/** What was answered last, kept by the isolate for some minutes. The answer and no promise of it: that would end with the request that asked, and every other page would wait for it. */
let kept: { origins: string[]; until: number } | null = null;

/** Origins that films are played from besides this one, as the API says: while it does not answer, those that it named last. */
export async function playbackOrigins(event: RequestEvent): Promise<string[]> {
  if (kept && kept.until > Date.now()) return kept.origins;
  try {
    kept = { origins: await read(event), until: Date.now() + KEPT_MS };
  } catch {
    kept = { origins: kept?.origins ?? [], until: Date.now() + FAILED_KEPT_MS };
  }
  return kept.origins;
}

async function read(event: RequestEvent): Promise<string[]> {
  const answer = await askApi(event, new Request(new URL("/api/v1/playback-origins", event.url)));
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
  const { data } = (await answer.json()) as { data: string[] };
  return data.map((origin) => new URL(origin).origin);
}

/** A page's security policy that lets films come from these origins too. */
export const withPlayback = (policy: string, origins: readonly string[]): string =>
  origins.length === 0 ? policy : policy.replaceAll(/\b(connect-src|media-src) [^;]+/g, (directive) => `${directive} ${origins.join(" ")}`);
