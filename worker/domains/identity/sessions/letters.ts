import type { Letter } from "#core/mail.ts";

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

interface Call {
  to: string;
  subject: string;
  /** Paragraphs before the link. */
  said: string[];
  action: string;
  url: string;
  /** What to do for whoever did not ask for it. */
  unasked?: string;
}

function letter({ to, subject, said, action, url, unasked = "If you did not ask for this, do nothing." }: Call): Letter {
  const after = unasked;
  return {
    to, subject,
    text: [...said, `${action}: ${url}`, after, "Dailies"].join("\n\n"),
    html: [...said.map((line) => `<p>${escape(line)}</p>`), `<p><a href="${escape(url)}">${escape(action)}</a></p>`, `<p>${after}</p>`, "<p>Dailies</p>"].join("\n"),
  };
}

export const confirmLetter = (to: string, url: string): Letter =>
  letter({ to, url, subject: "Confirm your e-mail address", said: ["Welcome to Dailies. Confirm that this address is yours. The link works for an hour."], action: "Confirm my address" });

export const resetLetter = (to: string, url: string): Letter =>
  letter({ to, url, subject: "Choose a new password", said: ["Somebody, probably you, asked for a new password. The link works once, for an hour."], action: "Choose a new password" });

export const inviteLetter = (to: string, url: string, studio: string, role: string): Letter =>
  letter({ to, url, subject: `${studio} invites you to Dailies`, said: [`You are invited to the studio ${studio} as ${role}. The invitation holds for seven days.`], action: "Join the studio" });

export const administratorLetter = (to: string, url: string, { who, by, reason }: { who: string; by: string; reason: string }): Letter => letter({
  to, url, subject: `${who} administers Dailies now`, said: [`${by} made ${who} an administrator: ${reason}`, "They see everything at once, and may decide on credits after a day."], action: "All administrators",
  unasked: "If you did not expect this, take the right from them, and look after the account of whoever gave it.",
});
