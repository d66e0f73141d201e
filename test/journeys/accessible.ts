import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Waits for the page to settle, then holds it to WCAG 2.2 AA. */
export async function accessible(where: Page, name: string): Promise<void> {
  await where.waitForLoadState("networkidle").catch(() => undefined);
  const { violations } = await new AxeBuilder({ page: where }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.target.join(" ")}`)).toEqual([]);
}

/** The page as it is now, on a phone and on a desk: nothing is wider than the screen. */
export async function fitsNow(where: Page, name: string): Promise<void> {
  for (const size of [{ width: 390, height: 844 }, { width: 1_440, height: 900 }]) {
    await where.setViewportSize(size);
    await accessible(where, `${name} at ${size.width}`);
    const overflow = await where.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${name} at ${size.width} is wider than the screen`).toBeLessThanOrEqual(0);
  }
}

/** The page at an address, on a phone and on a desk. */
export async function fits(where: Page, address: string): Promise<void> {
  await where.goto(address);
  await fitsNow(where, new URL(address).pathname);
}
