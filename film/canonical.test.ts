import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";
import type { Json } from "./film.ts";
import { sha256Hex } from "./hash.ts";

const json = fc.jsonValue({ noUnicodeString: false }).map((value) => value as Json);

describe("canonical JSON", () => {
  test("is what another implementation of RFC 8785 writes", () => {
    fc.assert(fc.property(json, (value) => void expect(canonicalJson(value)).toBe(canonicalize(value))));
  });

  test("sorts keys by UTF-16 code units and writes numbers as ECMAScript does, as the RFC's own samples", () => {
    const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalJson(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson([333_333_333.333_333_3, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe("[333333333.3333333,1e+30,4.5,0.002,1e-27,0]");
  });

  test("refuses what JSON cannot say, rather than hashing something else", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 0, 1n]) expect(() => canonicalJson({ value } as never)).toThrow(TypeError);
  });
});

test("SHA-256 is the standard's, of a text's UTF-8 or of bytes", () => {
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256Hex("ö")).toBe(sha256Hex(new Uint8Array([0xc3, 0xb6])));
});
