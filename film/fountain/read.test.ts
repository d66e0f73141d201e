import { describe, expect, test } from "vitest";
import { SCRIPT_BYTES_MAX, checkScriptBytes, readScript } from "./index.ts";

const said = (format: "txt" | "md", text: string) => readScript({ text, format }).elements.map((element) => `${element.type}: ${element.text}`);

describe("plain text", () => {
  test("prose becomes narration, directions in brackets action, short titles sections", () => {
    expect(said("txt", "The Ice\n\n[A ship in fog.]\n\nIn 1911 they went south.\nNobody had.\n\nNarrator: It was cold.\n\n* * *\n\nMen died.")).toEqual([
      "section: The Ice", "action: A ship in fog.", "narration: In 1911 they went south.\nNobody had.", "narration: It was cold.", "page-break: ", "narration: Men died.",
    ]);
  });
  test("a screenplay saved as .txt is read as one", () => {
    expect(said("txt", "INT. BAR - NIGHT\n\nMARTA\nAnother.")).toEqual(["scene-heading: INT. BAR - NIGHT", "character: MARTA", "dialogue: Another."]);
  });
});

describe("Markdown", () => {
  test("headings are sections, paragraphs narration, lists and quotations lose their marks", () => {
    expect(said("md", "# Bees\n\nBees *dance*.\n\n## How\n\n- They turn.\n\n> And turn.")).toEqual(["section: Bees", "narration: Bees dance.", "section: How", "narration: They turn.", "narration: And turn."]);
  });
  test("headings and bold cues of a screenplay are scene headings and cues", () => {
    expect(said("md", "# Act One\n\n## INT. BAR - NIGHT\n\nRain outside.\n\n**MARTA (V.O.)**\nAnother.")).toEqual(["section: Act One", "scene-heading: INT. BAR - NIGHT", "action: Rain outside.", "character: MARTA", "dialogue: Another."]);
  });
});

describe("bytes", () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  test("UTF-8 is taken as it is, byte order mark included", () => {
    expect(checkScriptBytes(utf8("\ufeffINT. É - DÍA"))).toEqual({ ok: true, text: "\ufeffINT. É - DÍA" });
  });
  test("UTF-16 with a mark is decoded, in both orders", () => {
    const units = [..."\ufeffМАРТА"].flatMap((char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8]);
    const swapped = units.map((_, index) => units[index ^ 1] ?? 0);
    expect(checkScriptBytes(Uint8Array.from(units))).toEqual({ ok: true, text: "МАРТА" });
    expect(checkScriptBytes(Uint8Array.from(swapped))).toEqual({ ok: true, text: "МАРТА" });
  });
  test.each([
    ["too_large", new Uint8Array(SCRIPT_BYTES_MAX + 1).fill(65), null],
    ["empty", utf8(" \n\t"), null],
    ["empty", new Uint8Array(0), null],
    ["binary", utf8("INT.\u0000X"), 4],
    ["binary", utf8("%PDF-1.7"), 0],
    ["encoding", Uint8Array.from([65, 10, 66, 0xe9, 65]), 3],
    ["encoding", Uint8Array.from([65, 0xc3]), 1],
    ["encoding", Uint8Array.from([0xed, 0xa0, 0x80]), 0],
    ["encoding", Uint8Array.from([0xf4, 0x90, 0x80, 0x80]), 0],
    ["encoding", Uint8Array.from([0xff, 0xfe, 65, 0, 66]), 4],
    ["encoding", Uint8Array.from([0xff, 0xfe, 0, 0xd8, 65, 0]), 2],
  ])("what is %s is refused with its place", (code, bytes, offset) => {
    expect(checkScriptBytes(bytes)).toMatchObject({ ok: false, problem: { code, offset } });
  });
  test("the words name the line of the wrong byte", () => {
    expect(checkScriptBytes(Uint8Array.from([65, 10, 0xe9]))).toMatchObject({ problem: { detail: expect.stringContaining("line 2") } });
  });
});
