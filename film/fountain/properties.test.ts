import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FountainDocument, parseFountain, readScript, scriptFormats } from "./index.ts";

/** Lines that mean something, and characters that could, mixed with anything. */
const piece = fc.oneof(
  fc.constantFrom(
    "INT. HOUSE - DAY #1A#", "EXT. FIELD", ".FORCED", "MARTA", "БОРИС (O.S.) ^", "@McX", "(softly)", "Hello *there* _you_.", "CUT TO:", "> x <", "> x", "~la", "# s", "## t", "= syn", "===", "!act", "[[", "]]",
    "/*", "*/", "[[note]]", "Title: x", "\tvalue", "**b**", "***", "\\*", "  ", " ", "\t", "", "\ufeff", "\ud800", "\udc00", "^", "(", ")", "- item", "---", "> quote",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const script = fc.array(fc.tuple(piece, fc.constantFrom("\n", "\r\n", "\r", "", "\n\n")), { maxLength: 40 }).map((parts) => parts.flat().join(""));

function expectTiled({ text, tokens, elements, comments }: FountainDocument): void {
  let at = 0;
  for (const token of tokens) {
    expect(token.start).toBe(at);
    expect(token.end).toBeGreaterThan(token.start);
    at = token.end;
  }
  expect(at).toBe(text.length);
  for (const range of [...elements, ...comments]) expect(range.start >= 0 && range.start <= range.end && range.end <= text.length).toBe(true);
  for (const [index, element] of elements.entries()) expect(element.start).toBeGreaterThanOrEqual(elements[index - 1]?.end ?? 0);
}

describe("any text", () => {
  test("is tiled by its tokens in every format, so that the original can be given back", () => {
    fc.assert(fc.property(script, fc.constantFrom(...scriptFormats), (text, format) => expectTiled(readScript({ text, format }))), { numRuns: 3000 });
  });
  test("parses the same when it is put together again from its tokens", () => {
    fc.assert(
      fc.property(script, (text) => {
        const first = parseFountain(text);
        expect(parseFountain(first.tokens.map(({ start, end }) => text.slice(start, end)).join(""))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
  test("reads alike with any line break", () => {
    fc.assert(
      fc.property(script, (text) => {
        const unix = text.replace(/\r\n?/g, "\n");
        const said = (value: string) => parseFountain(value).elements.map(({ type, text: words }) => [type, words]);
        expect(said(unix.replaceAll("\n", "\r\n"))).toEqual(said(unix));
      }),
      { numRuns: 500 },
    );
  });
});

describe("time", () => {
  const cpuMsOf = (work: () => unknown) => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const cpuMs = (text: string) => cpuMsOf(() => parseFountain(text));
  /** A second, or on a machine that is too slow or too busy for it, as long as it takes there to write and read what was parsed. */
  const limitMs = (text: string) => {
    const parsed = parseFountain(text);
    return Math.max(1000, cpuMsOf(() => JSON.parse(JSON.stringify(parsed))));
  };
  const hostile: Record<string, string> = {
    stars: "*", "stars apart": "*a ", "bold apart": "**a ", underscores: "_a_ ", notes: "[[", "notes closed": "[[a]]", "notes over lines": "[[\n", "notes cut off": "[[\n\n", boneyards: "/*", "boneyards closed": "/**/", parentheses: "(",
    hashes: "#", "line feeds": "\n", "carriage returns": "\r", letters: "A", cues: "A\nb\n\n", "cue with parentheses": "A(", backslashes: "\\*", equals: "=", dual: "A ^\nb\n\n", spaces: " ", surrogates: "\ud800", "headings": "INT. X #1#\n\n", "title keys": "Title: a\n", "lines of notes": "[[a]]\n", colons: "a:",
  };
  test.each(Object.entries(hostile))("a megabyte of %s takes less than a second, and grows linearly", (_name, unit) => {
    const of = (length: number) => unit.repeat(Math.ceil(length / unit.length));
    cpuMs(of(50_000));
    const small = Math.min(cpuMs(of(125_000)), cpuMs(of(125_000)));
    // Whoever shares the processor makes any one reading too long, and none too short.
    let large = Infinity;
    for (let readings = 0; readings < 8 && (readings < 2 || large >= 1000); readings += 1) large = Math.min(large, cpuMs(of(1_000_000)));
    expect(large).toBeLessThan(large < 1000 ? 1000 : limitMs(of(1_000_000)));
    expect(large).toBeLessThan(8 * 4 * Math.max(small, 5));
  });
});
