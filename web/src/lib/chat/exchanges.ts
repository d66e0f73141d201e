/** What was asked of the assistant and answered, as its takes have it. */
import { ProblemError } from "#lib/api/problem.ts";
import type { Take } from "#lib/api/types.ts";
import * as m from "#lib/paraglide/messages.js";

export const CHAT = "chat";

/** Where a conversation is: beside the script that it is about, or by itself. */
export const conversationAt = (project: string | null): string => (project === null ? `/studio/tools/${CHAT}` : `/studio/projects/${project}/script?assistant`);

/** What a reply answers to. */
export const messageOf = ({ values }: Pick<Take, "values">): string => (typeof values["message"] === "string" ? values["message"] : "");

/** The words of a reply. */
export async function readReply({ assets }: Pick<Take, "assets">): Promise<string> {
  const url = assets.find(({ role }) => role === "reply")?.url;
  const response = url === undefined ? null : await fetch(url).catch(() => null);
  const body: unknown = response?.ok ? await response.json().catch(() => null) : null;
  if (typeof body === "object" && body !== null && "reply" in body && typeof body.reply === "string") return body.reply;
  throw new ProblemError({ status: response?.status ?? 0, code: "reply.unread", detail: m.chat_reply_unread() });
}
