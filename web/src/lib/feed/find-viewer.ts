import { getMe } from "#lib/api/account.ts";
import { ask } from "#lib/api/client.ts";
import { getVideo } from "#lib/api/feed.ts";
import type { Me } from "#lib/api/types.ts";

/** Who is signed in in this browser, or null. */
export async function findViewer(): Promise<Me | null> {
  // Answers null without a session, where `/me` would be a failure on every visit.
  const session = await ask<unknown>(fetch, { path: "/auth/get-session" });
  return session ? getMe(fetch) : null;
}

/** Whether whoever is signed in may edit a film. */
export const mayEdit = async (video: string): Promise<boolean> => (await getVideo(fetch, video)).actions.includes("edit");
