import type { RequestEvent } from "@sveltejs/kit";
import { askApi } from "./api-binding.ts";

const KEPT_MS = 300_000;
const FAILED_KEPT_MS = 15_000;

let kept: { origins: Promise<string[]>; until: number } | null = null;

/** Origins that films are played from besides this one, as the API says: none, if it does not answer. Kept by the isolate for some minutes. */
export function playbackOrigins(event: RequestEvent): Promise<string[]> {
  const now = Date.now();
  if (!kept || kept.until <= now) {
    const asked = { origins: read(event), until: now + KEPT_MS };
    kept = asked;
    asked.origins.catch(() => { asked.until = now + FAILED_KEPT_MS; });
  }
  return kept.origins.catch(() => []);
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
