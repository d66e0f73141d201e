import fc from "fast-check";
import { expect, test } from "vitest";
import type { Film, Shot } from "../film.ts";
import { parseFountain } from "../fountain/index.ts";
import { type EditResult, addShot, editShot, moveShot, reconcile, removeShot, restoreShot, splitShot } from "./index.ts";

const beat = fc.constantFrom("ANNA\nYes.", "BERT\nNo.", "ANNA\nWhere is the lantern?", "BERT\nYou lied about the boat.", "CARO (V.O.)\nListen.", "A train passes the window.", "Bert drops a lantern.", "CLOSE ON the red door.", "Anna and Bert wait. Nothing moves.");
const scene = fc.tuple(fc.constantFrom("INT. BARN - NIGHT", "EXT. FIELD - DAY #4#", "INT. TRAIN - DAWN"), fc.array(beat, { maxLength: 5 })).map(([heading, beats]) => [heading, ...beats].join("\n\n"));
const script = fc.array(scene, { maxLength: 4 }).map((scenes) => scenes.join("\n\n"));
const step = fc.oneof(
  script.map((text) => ({ do: "read" as const, text })),
  fc.record({ do: fc.constantFrom("edit" as const, "add" as const, "split" as const, "remove" as const, "restore" as const, "move" as const), at: fc.nat(50), to: fc.nat(50) }),
);
type Step = Exclude<typeof step extends fc.Arbitrary<infer Value> ? Value : never, { do: "read" }>;

function apply(film: Film, { step: { do: action, at, to }, newId }: { step: Step; newId: (prefix: string) => string }): EditResult | null {
  const pick = (shots: Shot[], index: number) => shots[index % Math.max(1, shots.length)];
  const shot = pick(film.shots, at);
  const buried = pick(film.archived.shots.filter(({ removed }) => removed !== undefined), at);
  if (action === "restore") return buried ? restoreShot(film, { shot: buried.id, after: null }) : null;
  if (!shot) return null;
  const { derived } = shot;
  switch (action) {
    case "edit":
      return editShot(film, { shot: shot.id, fields: { description: `Edited ${at}`, seconds: 1 + (to % 20) }, base: film.version });
    case "add":
      return addShot(film, { scene: shot.scene, after: to % 2 === 0 ? shot.id : null, fields: { ...derived, description: `Added ${at}` }, newId });
    case "split":
      return splitShot(film, { shot: shot.id, afterLine: shot.lines[to % Math.max(1, shot.lines.length)] ?? null, newId });
    case "remove":
      return removeShot(film, { shot: shot.id });
    case "move":
      return moveShot(film, { shot: shot.id, after: pick(film.shots, to)?.id ?? null, base: film.version });
  }
}

function expectSound(film: Film): void {
  const standing = [...film.scenes, ...film.lines, ...film.shots].map(({ id }) => id);
  expect(new Set(standing).size).toBe(standing.length);
  const here = new Set(standing);
  for (const { id } of [...film.archived.scenes, ...film.archived.lines, ...film.archived.shots]) expect(here.has(id)).toBe(false);
  expect(film.scenes.flatMap(({ shots }) => shots).toSorted()).toEqual(film.shots.map(({ id }) => id).toSorted());
  expect(film.shots.flatMap(({ lines }) => lines).toSorted()).toEqual(film.lines.map(({ id }) => id).toSorted());
  const numbers = film.shots.map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const { scene: id, number } of film.shots) expect([film.scenes.some((other) => other.id === id), number]).toEqual([true, expect.stringMatching(/./)]);
}

test("whatever people write and edit in turn, each line is spoken in exactly one shot and nothing is in two places", () => {
  fc.assert(
    fc.property(script, fc.array(step, { maxLength: 12 }), (first, steps) => {
      let next = 0;
      const newId = (prefix: string) => `${prefix}_${(next += 1)}`;
      let film = reconcile(null, { hash: first, document: parseFountain(first), newId });
      for (const item of steps) {
        if (item.do === "read") film = reconcile(film, { hash: item.text, document: parseFountain(item.text), newId });
        else {
          const before = film;
          const result = apply(film, { step: item, newId });
          if (result?.ok) film = result.film;
          else expect(film).toBe(before);
        }
        expectSound(film);
      }
    }),
    { numRuns: 1000 },
  );
});

test("an edit outlives any number of readings in which its shot still stands", () => {
  fc.assert(
    fc.property(fc.array(script, { minLength: 1, maxLength: 4 }), (texts) => {
      let next = 0;
      const newId = (prefix: string) => `${prefix}_${(next += 1)}`;
      const own = "INT. LIGHTHOUSE - NIGHT\n\nA keeper oils the great brass lamp with care.\n\nKEEPER\nThe sea takes what it is owed.";
      const read = (film: Film | null, text: string) => reconcile(film, { hash: text, document: parseFountain(text), newId });
      let film = read(null, own);
      const [shot] = film.shots;
      const edited = editShot(film, { shot: shot?.id ?? "", fields: { framing: "extreme-close", props: ["oil can"] }, base: film.version });
      if (!edited.ok) throw new Error(edited.detail);
      film = edited.film;
      for (const [index, text] of texts.entries()) film = read(film, index % 2 === 0 ? `${text}\n\n${own}\n\n${text}` : `${own}\n\n${text}`);
      expect(film.shots.find(({ id }) => id === shot?.id)).toMatchObject({ framing: "extreme-close", props: ["oil can"], derived: shot?.derived });
    }),
    { numRuns: 300 },
  );
});
