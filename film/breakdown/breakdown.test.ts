import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseFountain, readScript } from "../fountain/index.ts";
import { breakDown, lookOf, voiceCasts } from "./index.ts";

const broken = (text: string) => breakDown(parseFountain(text), { seed: 3 });
const character = (text: string, name: string) => broken(text).characters.find((person) => person.name === name);

describe("cast", () => {
  test("extensions are not part of a name, and YOUNG MARTA is somebody else", () => {
    const { characters } = broken("INT. A - DAY\n\nMARTA (40).\n\nMARTA (O.S.)\nOne.\n\nMARTA (CONT'D)\nTwo.\n\nYOUNG MARTA\nThree.");
    expect(characters.map(({ name, lines }) => [name, lines])).toEqual([["MARTA", 2], ["YOUNG MARTA", 1]]);
  });
  test("who is introduced with rank and surname is who speaks by first name", () => {
    expect(character("INT. A - DAY\n\nCOMMANDER ADAEZE OBI (50s) enters.\n\nADAEZE\nReport.", "ADAEZE")).toMatchObject({ aliases: ["COMMANDER ADAEZE OBI"], lines: 1 });
  });
  test("people who only appear are cast; sounds and camera words are not", () => {
    expect(broken("EXT. A - DAY\n\nCRASH. A WAITER drops a tray. PAN to two GUARDS, armed. BOOM!").characters.map(({ name }) => name)).toEqual(["WAITER", "GUARDS"]);
  });
  test("prose introduces nobody in capitals; who is named in it again and again is in its pictures", () => {
    const { scenes } = breakDown(readScript({ text: "At dawn Ibrahim loads the camels. He does not speak.\n\nThe wind rises. Ibrahim waits, and Lisbon is far away. Lisbon is rich.", format: "txt" }), { seed: 1 });
    expect(scenes[0]?.cast).toEqual(["NARRATOR", "IBRAHIM"]);
  });
  test("who is named in the action is present, though silent", () => {
    expect(broken("INT. A - DAY\n\nANNA\nYes.\n\nINT. B - DAY\n\nAnna's coat hangs here.").scenes[1]?.cast).toEqual(["ANNA"]);
  });
});

describe("looks", () => {
  test.each([
    ["MRS. HOLT", "", "woman"], ["BEN", "40, bearded", "man"], ["TIM", "9, freckles", "child"], ["PIP", "a small brown mouse", "animal"], ["UNIT 7", "a rusty robot", "machine"], ["БАБУШКА", "", "woman"], ["THE STRANGER", "", "neutral"],
  ] as const)("%s, %j presents as %s", (name, description, presents) => expect(lookOf(name, description, 1).presents).toBe(presents));
  test("what the script says of clothes and hair is drawn", () => {
    expect(lookOf("ANNA", "70s, white hair in a bun, in a red coat", 1)).toMatchObject({ top: "#b8322f", hairStyle: "bun", hair: "#c9c7c2" });
    expect(lookOf("BEN", "bald, wears a green shirt and blue jeans", 1)).toMatchObject({ top: "#3f7d4f", bottom: "#35639f", hairStyle: "bald" });
  });
  test("eleven people of one film wear eleven colours, the same each time", () => {
    const text = `INT. A - DAY\n\n${["ANNA", "BEN", "CARO", "DAN", "EVA", "FRED", "GRETA", "HUGO", "IDA", "JON", "KIM"].map((name) => `${name}\nHello.`).join("\n\n")}`;
    const tops = broken(text).characters.map(({ look }) => look.top);
    expect(new Set(tops).size).toBe(11);
    expect(broken(text).characters.map(({ look }) => look.top)).toEqual(tops);
  });
});

describe("voices", () => {
  test("suit who speaks, and differ within a scene while there are enough", () => {
    const { characters } = broken(`INT. A - DAY\n\n${["ANNA", "CLARA", "EVA", "GRETA", "BEN", "DAN", "FRED", "HUGO"].map((name) => `${name}\nHello.`).join("\n\n")}`);
    const voices = characters.map(({ voice }) => voice ?? "");
    expect(new Set(voices).size).toBe(8);
    for (const voice of voices.slice(0, 4)) expect(voiceCasts.women).toContain(voice);
    for (const voice of voices.slice(4)) expect(voiceCasts.men).toContain(voice);
  });
});

describe("scenes", () => {
  test.each([
    ["INT./EXT. CAR - NIGHT", { setting: "both", place: "CAR", timeOfDay: "night" }],
    ["EXT. HARBOUR - PIER 4 - MAGIC HOUR", { setting: "exterior", place: "HARBOUR - PIER 4", timeOfDay: "dusk" }],
    ["INT. FLAT — EARLY MORNING", { setting: "interior", place: "FLAT", timeOfDay: "morning" }],
    ["INT - ATTIC - NIGHT", { setting: "interior", place: "ATTIC", timeOfDay: "night" }],
    ["EXT. ROAD - NIGHT - [THE STORM]", { setting: "exterior", place: "ROAD - [THE STORM]", timeOfDay: "night" }],
    ["INT. HOUSE - MORNING ROOM - DAY / FLASHBACK", { setting: "interior", place: "HOUSE - MORNING ROOM", timeOfDay: "day" }],
    ["INT. BAR, NIGHT", { setting: "interior", place: "BAR", timeOfDay: "night" }],
    ["INT. BALLROOM - NIGHT (1928)", { setting: "interior", place: "BALLROOM", timeOfDay: "night" }],
    ["ИНТ. КВАРТИРА - НОЧЬ", { setting: null, place: "КВАРТИРА", timeOfDay: "night" }],
    ["EXT. DAY CARE CENTER", { setting: "exterior", place: "DAY CARE CENTER", timeOfDay: null }],
  ])("%s is read", (heading, expected) => {
    expect(broken(`.${heading}\n\nNothing.`.replace(/^\.(?=INT|EXT)/, "")).scenes[0]).toMatchObject(heading.startsWith("ИНТ") ? { timeOfDay: "night" } : expected);
  });
  test.each([
    ["EXT. A - DAY\n\nRain falls.", "rain"], ["EXT. A - DAY\n\nThe rain is gone.", "clear"], ["INT. A - DAY\n\nRain against the window.", "rain"], ["INT. A - DAY\n\nHe talks of snow and Russia.", null], ["EXT. A (SNOW) - DAY\n\nHe waits.", "snow"],
  ])("weather is what is seen of it: %j", (text, weather) => expect(broken(text).scenes[0]?.weather).toBe(weather));
});

test("the demo film is as long and as varied as it should be", () => {
  const text = readFileSync(fileURLToPath(new URL("../demo/the-last-reel.fountain", import.meta.url).href), "utf8");
  const { scenes, characters, seconds } = breakDown(readScript({ text, format: "fountain" }), { seed: 1 });
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThan(75);
  expect(new Set(characters.filter(({ lines }) => lines > 0).map(({ look }) => look.presents))).toEqual(new Set(["woman", "man"]));
  expect(characters.filter(({ lines }) => lines > 0).length).toBeGreaterThanOrEqual(3);
  expect(new Set(scenes.map(({ timeOfDay }) => timeOfDay))).toEqual(new Set(["night", "morning"]));
  expect(new Set(scenes.map(({ weather }) => weather))).toEqual(new Set(["rain", "snow", null]));
});

test.each(["BOOM ", "He takes the gun. ", "red, ", ". ", "Bob (30) ", "NAME\nhi.\n\n", "INT. A - B - C\n\n"])("half a megabyte of %j is broken down in linear time", (unit) => {
  const cpuMs = (length: number) => {
    const document = parseFountain(unit.repeat(length / unit.length));
    const before = process.cpuUsage();
    breakDown(document, { seed: 1 });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  cpuMs(20_000);
  expect(cpuMs(480_000)).toBeLessThan(8 * 5 * Math.max(cpuMs(60_000), 8));
});
