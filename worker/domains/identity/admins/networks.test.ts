import { expect, test } from "vitest";
import { isWithin } from "./networks.ts";

test("no network set lets everybody in, and a network that cannot be read lets nobody in", () => {
  expect(isWithin("", "203.0.113.9")).toBe(true);
  expect(isWithin(" , ", null)).toBe(true);
  for (const wrong of ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/08", "256.0.0.0/8", "2001:db8::/129", "2001:::/16", "1.2.3.4::/16", "office", "::1%lo", "010.0.0.0/8"]) {
    expect([wrong, isWithin(wrong, "10.0.0.1"), isWithin(wrong, "2001:db8::1"), isWithin(wrong, "::1")]).toEqual([wrong, false, false, false]);
  }
});

test("who does not say where they come from is not within any network", () => {
  for (const nowhere of [null, "", "unknown", "10.0.0.1, 203.0.113.9", "10.0.0.1:443", "10.0.0", "0x0a000001", "10.0.0.01", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::ffff:10.0.0.256", "12345::"]) {
    expect([nowhere, isWithin("0.0.0.0/0,::/0", nowhere)]).toEqual([nowhere, false]);
  }
});

test.each([
  ["10.0.0.0/8", "10.255.255.255", true], ["10.0.0.0/8", "11.0.0.0", false], ["10.9.8.7/8", "10.1.1.1", true],
  ["192.0.2.128/25", "192.0.2.128", true], ["192.0.2.128/25", "192.0.2.127", false], ["192.0.2.7", "192.0.2.7", true], ["192.0.2.7", "192.0.2.6", false],
  ["192.0.2.4/30", "192.0.2.7", true], ["192.0.2.4/30", "192.0.2.8", false], ["192.0.2.1/32", "192.0.2.1", true], ["0.0.0.0/0", "8.8.8.8", true],
  ["2001:db8::/32", "2001:db8:ffff::1", true], ["2001:db8::/32", "2001:db9::1", false], ["2001:db8:0:1::/63", "2001:0db8:0000:0000::", true], ["2001:db8:0:2::/63", "2001:db8::1", false],
  ["2001:DB8::1", "2001:db8:0:0:0:0:0:1", true], ["::1", "0:0:0:0:0:0:0:1", true], ["::/0", "2001:db8::1", true], ["fe80::/10", "febf::1", true], ["fe80::/10", "fec0::1", false],
])("%s and %s: %s", (network, address, expected) => {
  expect(isWithin(network, address)).toBe(expected);
});

test("a version 4 address that is written as version 6 is the same address, and no other", () => {
  expect(isWithin("10.0.0.0/8", "::ffff:10.1.2.3")).toBe(true);
  expect(isWithin("10.0.0.0/8", "::ffff:a01:203")).toBe(true);
  expect(isWithin("::ffff:10.0.0.0/104", "10.1.2.3")).toBe(true);
  expect(isWithin("::ffff:10.0.0.0/104", "11.1.2.3")).toBe(false);
  expect(isWithin("::/0", "10.1.2.3")).toBe(false);
  expect(isWithin("::/0", "::ffff:10.1.2.3")).toBe(false);
  expect(isWithin("0.0.0.0/0", "2001:db8::1")).toBe(false);
  expect(isWithin("::ffff:0.0.0.0/95", "10.1.2.3")).toBe(false);
});

test("one of several networks is enough", () => {
  expect(isWithin("10.0.0.0/8, nonsense ,2001:db8::/32", "2001:db8::5")).toBe(true);
  expect(isWithin("10.0.0.0/8,2001:db8::/32", "192.0.2.1")).toBe(false);
});
