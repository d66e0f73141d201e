import { describe, expect, test } from "vitest";
import type { NodeId, TakeFacts } from "./film.ts";
import type { Timeline, TimelineVoice } from "./edit-list.ts";
import { filmRange, loudnessFault, MUSIC_LUFS, soundRange, voiceLufs } from "./loudness.ts";

test.each([
  [null, -20], ["to Bob", -20], ["whispering", -25], ["(under her breath)", -25], ["SHOUTING", -17], ["sadly", -21], ["over the phone", -20],
])("a line that is spoken so (%s) is at %i LUFS, whoever speaks it", (parenthetical, lufs) => {
  expect(voiceLufs(parenthetical)).toBe(lufs);
});

describe("what is not as loud as ordered", () => {
  test.each([
    ["as ordered", { integratedLufs: -20, truePeakDbtp: -3 }, null],
    ["at the edges", { integratedLufs: -23, truePeakDbtp: -1 }, null],
    ["a hush", { integratedLufs: -31.46, truePeakDbtp: -12 }, "it is too quiet: at -31.5 LUFS, ordered were -23 to -17"],
    ["a din", { integratedLufs: -9, truePeakDbtp: -2 }, "it is too loud: at -9 LUFS, ordered were -23 to -17"],
    ["silence", { integratedLufs: -70, truePeakDbtp: -120 }, "nothing can be heard in it"],
    ["peaks that clip", { integratedLufs: -20, truePeakDbtp: 0.3 }, "its peaks are at 0.3 dBTP and would be clipped; ordered were at most -1"],
  ])("is told: %s", (_what, measured, fault) => {
    expect(loudnessFault(soundRange(-20), measured)).toBe(fault);
  });
});

describe("a film", () => {
  const take = (node: NodeId, integratedLufs: number | null, seconds = 2): [NodeId, TakeFacts] => [node, { id: `take_${node}`, node, fingerprint: node, frames: seconds * 24, assets: {}, values: { ...(integratedLufs === null ? {} : { integratedLufs }), seconds }, createdAt: 0 }];
  const timeline = (more: Partial<Timeline>): Timeline => ({ entries: [], voices: [], music: [], frames: 240, exact: true, problems: [], ...more });
  const voice = (startFrame = 0): TimelineVoice => ({ line: "a", node: "voice:a", startFrame, frames: 48 });
  const usual = { voice: 0, music: 0 };
  const least = (film: Partial<Timeline>, takes: [NodeId, TakeFacts][], gains = usual): number | null => filmRange(timeline(film), new Map(takes), gains).leastLufs;

  test("is never louder than networks play it, and never clips", () => {
    const range = filmRange(timeline({}), new Map(), usual);
    expect(range).toEqual({ leastLufs: null, mostLufs: -15, mostPeakDbtp: -1 });
    expect(loudnessFault(range, { integratedLufs: -12.3, truePeakDbtp: -2 })).toBe("it is too loud: at -12.3 LUFS, ordered were at most -15");
    expect(loudnessFault(range, { integratedLufs: -70, truePeakDbtp: -120 })).toBeNull();
  });

  test("is up to its level where a voice or music is heard in it as a whole", () => {
    expect(least({ voices: [voice()] }, [take("voice:a", -20)])).toBe(-17);
    expect(least({ music: [{ cue: "music:film", startFrame: 0, frames: 240 }] }, [take("music:film", MUSIC_LUFS, 10)])).toBe(-17);
  });

  test("may be quiet where nothing in it is sure to be heard", () => {
    expect(least({ voices: [voice(239)] }, [take("voice:a", -20)])).toBeNull();
    expect(least({ voices: [voice()] }, [take("voice:a", -70)])).toBeNull();
    expect(least({ voices: [voice()] }, [take("voice:a", -20)], { voice: -40, music: 0 })).toBeNull();
    expect(least({ music: [{ cue: "music:film", startFrame: 0, frames: 24 }] }, [take("music:film", MUSIC_LUFS, 10)])).toBeNull();
  });

  test("may be quiet beside a recording that somebody brought: its peaks are what they are", () => {
    expect(least({ voices: [voice(), { line: "b", node: "voice:b", startFrame: 60, frames: 48 }] }, [take("voice:a", -20), take("voice:b", null)])).toBeNull();
  });
});
