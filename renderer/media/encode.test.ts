import { expect, test } from "vitest";
import { parameterSets } from "../cut/headers.ts";
import { SIZES } from "../model.ts";
import { openCodec } from "./encode.ts";

/** What stands at the head of every clip that was ever made: a clip with another head would be encoded anew by each cut. */
const heads = {
  "16:9": "6764001facb402802dd80b50101014000003000400000300c23c60ca80 68ef3cb0",
  "9:16": "6764001facb405a050d80b50101014000003000400000300c23c60ca80 68ef3cb0",
  "1:1": "6764001facb405a0b7602d4040405000000300100000030308f1832a 68ef3cb0",
} as const;

test.each(Object.entries(heads))("clips of %s that were made long ago join with those that are made now, however fine", async (aspect, head) => {
  for (const crf of [16, 19, 28]) {
    const codec = await openCodec({ ...SIZES[aspect as keyof typeof heads], crf });
    const now = parameterSets(codec.extraData ?? Buffer.alloc(0));
    codec.freeContext();
    expect(now, `crf ${crf}`).toBe(head);
  }
});
