import { getVideoDetails, type VideoDetails } from "#lib/api/feed.ts";
import { toProblem } from "#lib/api/problem.ts";
import { scriptPage, type ScriptPage } from "#lib/server/script-page.ts";
import type { Tab } from "../../../../../params/tab.ts";
import type { PageServerLoad } from "./$types";

type Shown =
  | { tab: "overview" }
  | { tab: "script"; script: ScriptPage | null }
  | { tab: "production"; production: VideoDetails["production"] }
  | { tab: "voiceovers"; voiceovers: VideoDetails["voiceovers"] }
  | { tab: Tab; problem: { detail: string; requestId: string | null } };

/** Only what the open tab shows is sent. A tab that cannot be read leaves the film to be watched. */
export const load: PageServerLoad = async ({ fetch, params }): Promise<{ shown: Shown }> => {
  const { tab } = params;
  if (!tab) return { shown: { tab: "overview" } };
  try {
    const details = await getVideoDetails(fetch, params.id);
    if (tab === "production") return { shown: { tab, production: details.production } };
    if (tab === "voiceovers") return { shown: { tab, voiceovers: details.voiceovers } };
    return { shown: { tab: "script", script: details.script === null ? null : scriptPage(details.script) } };
  } catch (failure) {
    const { detail, requestId } = toProblem(failure);
    return { shown: { tab, problem: { detail, requestId } } };
  }
};
