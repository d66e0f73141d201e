import { looksLikeHeading } from "./classify.ts";
import type { Lines } from "./lines.ts";

/** What a line of the title page is: a key with perhaps a value, or one more value. Offsets are into the line's text. */
export interface TitleLine {
  key: string | null;
  keyEnd: number;
  valueFrom: number;
  valueTo: number;
}

const KEY = /^[^\s:.!>@#=~([][^:]{0,60}:/;
const KNOWN = /^(?:title|credit|authors?|source|notes?|draft date|date|contact(?: info)?|copyright|revision|draft|format|language|style|aspect)$/i;
const NOT_KEYS = /^(?:fade|cut|dissolve|smash|match|wipe|iris)\b/i;
const INDENTED = /^(?: {3,}|\t)/;

/**
 * The lines at the beginning that make up a title page, up to the first blank line; empty where there is none. The first line must be a key
 * that title pages know, or one with a value that could not be anything else.
 */
export function readTitlePage(lines: Lines): TitleLine[] {
  const found: TitleLine[] = [];
  let hasKey = false;
  for (let line = lines.peek(0); line && !line.blank; line = lines.peek(found.length)) {
    const read = line.commentOnly ? { key: null, keyEnd: 0, valueFrom: 0, valueTo: 0 } : readLine(line.text);
    if (!hasKey && !line.commentOnly && !(read?.key && opens(line.text, read))) return [];
    if (!read) return [];
    hasKey ||= read.key !== null;
    found.push(read);
  }
  return hasKey ? found : [];
}

function readLine(text: string): TitleLine | null {
  const valueTo = text.trimEnd().length;
  const indented = INDENTED.test(text);
  const key = indented ? undefined : KEY.exec(text)?.[0];
  if (key === undefined) {
    const valueFrom = text.length - text.trimStart().length;
    return indented || valueFrom === 0 ? { key: null, keyEnd: 0, valueFrom, valueTo } : null;
  }
  const rest = text.slice(key.length);
  return { key: key.slice(0, -1).trim(), keyEnd: key.length, valueFrom: Math.min(valueTo, key.length + rest.length - rest.trimStart().length), valueTo };
}

function opens(text: string, line: TitleLine): boolean {
  const key = line.key ?? "";
  if (KNOWN.test(key)) return true;
  const hasValue = line.valueTo > line.keyEnd;
  return hasValue && !looksLikeHeading(text) && !NOT_KEYS.test(key) && /\p{Ll}/u.test(key) && key.split(/\s+/).length <= 3 && !/[.!?,;"“]/.test(key);
}
