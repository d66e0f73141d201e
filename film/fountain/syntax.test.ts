import { describe, expect, test } from "vitest";
import { type Element, parseFountain } from "./index.ts";

const brief = (element: Element) => `${element.type}: ${element.text}`;
const read = (text: string) => parseFountain(text).elements.map(brief);

describe("title page", () => {
  test("keys have values beside them or indented below, until the first blank line", () => {
    const { titlePage, elements } = parseFountain("Title:\n\t_**THE REEL**_\n\tPart One\nAuthor: Ines Prat\nDraft date: 1/2/26\n\nFADE IN:\n");
    expect(titlePage.map(({ key, values }) => [key, values])).toEqual([["Title", ["THE REEL", "Part One"]], ["Author", ["Ines Prat"]], ["Draft date", ["1/2/26"]]]);
    expect(elements.map(brief)).toEqual(["action: FADE IN:"]);
  });
  test("a script that begins with a transition, a heading or a sentence with a colon has none", () => {
    for (const text of ["FADE IN:\n\nBlack.", "int. house - day - 3:00 pm\n\nHe sits.", "A voice in the dark says it again: run.\n"]) expect(parseFountain(text).titlePage).toEqual([]);
  });
});

describe("scene headings", () => {
  test.each(["INT. HOUSE - DAY", "EXT. HOUSE", "EST. CITY", "INT./EXT. CAR", "INT/EXT CAR", "I/E. CAR", "I./E. CAR", "I/E CAR", "ext. brick's pool - day", "INT HOUSE"])("%s is one, between blank lines", (heading) => {
    expect(read(`\n${heading}\n\nHe waits.`)).toEqual([`scene-heading: ${heading}`, "action: He waits."]);
  });
  test("words that only begin alike are not", () => {
    expect(read("INTERNAL AFFAIRS ARRIVES.\n\nExtra chairs.")).toEqual(["action: INTERNAL AFFAIRS ARRIVES.", "action: Extra chairs."]);
  });
  test("a period forces one; an ellipsis and a calibre do not", () => {
    expect(read(".SNIPER SCOPE POV\n\n...where it ends.\n\n.38 pistol in hand,\nhe turns.")).toEqual(["scene-heading: SNIPER SCOPE POV", "action: ...where it ends.", "action: .38 pistol in hand,\nhe turns."]);
  });
  test.each(["1", "1A", "I-1-A", "110A", "1.", "12.b"])("the scene number #%s# is taken out", (number) => {
    const [heading] = parseFountain(`INT. HOUSE - DAY - PRESENT (1987) #${number}#\n`).elements;
    expect(heading).toMatchObject({ type: "scene-heading", text: "INT. HOUSE - DAY - PRESENT (1987)", number });
  });
  test("a heading in capitals is one even where the writer forgot the blank line after it", () => {
    expect(read("INT. HOUSE - DAY\nMarta waits.")).toEqual(["scene-heading: INT. HOUSE - DAY", "action: Marta waits."]);
  });
});

describe("speech", () => {
  test("a cue is in capitals, after a blank line, with its speech right below", () => {
    expect(read("MARTA\nCome in.\n\nMARTA\n\nThen MARTA\nleaves.")).toEqual(["character: MARTA", "dialogue: Come in.", "action: MARTA", "action: Then MARTA\nleaves."]);
  });
  test("names of any alphabet, with digits, but not digits alone", () => {
    expect(read("БОРИС\nДа.\n\nÁNGELA NÚÑEZ\nSí.\n\nR2D2\nBeep.\n\n23\nNo.")).toEqual(["character: БОРИС", "dialogue: Да.", "character: ÁNGELA NÚÑEZ", "dialogue: Sí.", "character: R2D2", "dialogue: Beep.", "action: 23\nNo."]);
  });
  test("extensions are kept apart from the name, in either case", () => {
    const [cue] = parseFountain("HANS (on the radio) (CONT'D)\nHello.").elements;
    expect(cue).toMatchObject({ name: "HANS", extensions: ["on the radio", "CONT'D"] });
  });
  test("@ forces a cue with lower case and for scripts without case", () => {
    expect(read("@McCLANE\nYippee.\n\n@王\n你好。\n\nWrite to\n@someone now")).toEqual(["character: McCLANE", "dialogue: Yippee.", "character: 王", "dialogue: 你好。", "action: Write to\n@someone now"]);
  });
  test("parentheticals, lyrics and two-space blank lines stay within a speech", () => {
    expect(read("MARTA\n(softly)\nOne.\n  \nTwo.\n(beat)\n~La la\nThree.")).toEqual([
      "character: MARTA", "parenthetical: softly", "dialogue: One.\n\nTwo.", "parenthetical: beat", "lyrics: La la", "dialogue: Three.",
    ]);
  });
  test("a caret pairs a speech with the one before it, and only with that", () => {
    const dual = (text: string) => parseFountain(text).elements.flatMap((element) => (element.type === "character" ? [element.dual] : []));
    expect(dual("BRICK\nScrew it.\n\nSTEEL      ^\nScrew it.")).toEqual(["left", "right"]);
    expect(dual("BRICK\nNo.\n\nHe goes.\n\nSTEEL ^\nYes.")).toEqual([null, null]);
    expect(dual("A\n1\n\nB ^\n2\n\nC ^\n3")).toEqual(["left", "right", null]);
  });
});

describe("everything else", () => {
  test("action keeps its lines and its indentation, and ! forces it", () => {
    expect(read("He looks.\n\tAnd looks.\n\n!INT. IS WHAT THE SIGN SAYS\n\n  !SCREAM\nno")).toEqual(["action: He looks.\n\tAnd looks.", "action: INT. IS WHAT THE SIGN SAYS", "action: SCREAM\nno"]);
  });
  test("transitions end in TO: between blank lines, or are forced; a space after the colon makes it action", () => {
    expect(read("CUT TO:\n\n> Burn to white.\n\nCUT TO: \n\n> THE END <\n\n>SMASH CUT TO:")).toEqual(["transition: CUT TO:", "transition: Burn to white.", "action: CUT TO:", "centered: THE END", "transition: SMASH CUT TO:"]);
  });
  test("sections nest, synopses follow, three equals signs break the page", () => {
    const { elements } = parseFountain("# Act\n\n### Deep\n\n= What happens.\n\n===\n\n====\n\n==");
    expect(elements.map(brief)).toEqual(["section: Act", "section: Deep", "synopsis: What happens.", "page-break: ", "page-break: ", "synopsis: ="]);
    expect(elements[1]).toMatchObject({ depth: 3 });
  });
  test("lyrics stand outside speech too", () => {
    expect(read("~Willy Wonka!\n~Willy Wonka!")).toEqual(["lyrics: Willy Wonka!\nWilly Wonka!"]);
  });
  test("line breaks of Windows and of old Macs are line breaks", () => {
    const lines = ["INT. HOUSE - DAY", "", "MARTA", "Hello.", ""];
    expect(read(lines.join("\r\n"))).toEqual(read(lines.join("\n")));
    expect(read(lines.join("\r"))).toEqual(read(lines.join("\n")));
  });
});

describe("emphasis", () => {
  const styled = (text: string) => parseFountain(text).elements[0]?.styles.map(({ start, end, bold, italic, underline }) => `${bold ? "b" : ""}${italic ? "i" : ""}${underline ? "u" : ""} ${text.slice(start, end)}`);
  test.each([
    ["an *italic* word", ["i italic"]],
    ["a **bold** word", ["b bold"]],
    ["***both***", ["bi both"]],
    ["_*nested*_", ["iu nested"]],
    ["***bi** i* plain", ["bi bi", "i  i"]],
    ["He dialed *69 and then *23, and hung up.", []],
    ["He dialed *69 and then 23* for pizza.", ["i 69 and then 23"]],
    ["\\*not this\\* but *this*", ["i this"]],
    ["open *and never\nclosed* here", []],
  ])("%j", (text, expected) => expect(styled(text)).toEqual(expected));
  test("its marks and backslashes are not read", () => {
    expect(read("a **bold \\*star\\*** _x_")).toEqual(["action: a bold *star* x"]);
  });
});

describe("notes and boneyards", () => {
  test("a note is taken out of the middle of a line and found by its place", () => {
    const text = "He is thirty. [[Check his age]] Or so.";
    const { elements, comments } = parseFountain(text);
    expect(elements.map(brief)).toEqual(["action: He is thirty.  Or so."]);
    expect(comments).toEqual([{ kind: "note", text: "Check his age", start: text.indexOf("[["), end: text.indexOf("]]") + 2 }]);
  });
  test("a note runs over lines, over a blank one only where that holds two spaces", () => {
    expect(read("A [[one\ntwo\n  \nthree]] B")).toEqual(["action: A  B"]);
    expect(read("A [[one\n\ntwo]] B")).toEqual(["action: A [[one", "action: two]] B"]);
  });
  test("a note between cue and speech, or beside the cue, does not part them", () => {
    expect(read("MARTA [[tired]]\n[[from the door]]\nHello.")).toEqual(["character: MARTA", "dialogue: Hello."]);
  });
  test("a boneyard hides whole scenes; one that is never closed is text", () => {
    expect(read("One.\n\n/*\nINT. GONE - DAY\n\nGone.\n*/\n\nTwo. /* open")).toEqual(["action: One.", "action: Two. /* open"]);
  });
});
