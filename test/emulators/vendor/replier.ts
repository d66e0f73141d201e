/** What a stand-in of a writing model answers to a message, so that a conversation can be tried by hand: what it was given, and that it is none. */
import type { Json } from "./emulator.ts";

/** The answer to a conversation with the assistant; null to anything else. */
export function plainReply(body: string): Json | null {
  const lines = textsIn(body).flatMap((text) => text.split("\n"));
  const last = lines.lastIndexOf("== the film maker ==");
  if (last < 0) return null;
  const message = lines.slice(last + 1).filter((line) => line.startsWith("> ")).map((line) => line.slice(2)).join(" ");
  const headings = lines.filter((line) => /^\| (?:INT|EXT)[./ ]/i.test(line)).map((line) => line.slice(2));
  const asked = lines.filter((line) => line === "== the film maker ==").length;
  const given = lines.includes("== script ==") ? `I was given a script with ${headings.length} ${headings.length === 1 ? "scene" : "scenes"}:\n${headings.map((heading, at) => `${at + 1}. ${heading}`).join("\n")}` : "I was given no script.";
  return { reply: `This is a stand-in, which understands nothing.\n\n${given}\n\nMessage ${asked} of this conversation: ${message}` };
}

function textsIn(body: string): string[] {
  const texts: string[] = [];
  JSON.stringify(JSON.parse(body), (_, value: unknown) => {
    if (typeof value === "string" && value.includes("== the film maker ==")) texts.push(value);
    return value;
  });
  return texts;
}
