/** How a test calls an adapter against its vendor's emulator: the network is the emulator, the clock is the test's. */
import type { VendorEmulator } from "./emulator.ts";

export interface Clock {
  now: number;
}

/** Times go on only where a test says so. */
export const clockAt = (iso = "2026-11-20T12:00:00Z"): Clock => ({ now: Date.parse(iso) });

/** Where requests go besides the emulator; a test says that nobody was asked who should not be. */
export interface Elsewhere {
  url: string;
  headers: Headers;
}

/** A `fetch` that reaches the emulator at the origins that are its own, gives up after `patienceMs` of real time, and notes what was sent anywhere else. */
export function networkOf(emulator: VendorEmulator, { more = [], patienceMs = 400 }: { more?: readonly string[]; patienceMs?: number } = {}): { fetch(url: string, init?: RequestInit): Promise<Response>; elsewhere: Elsewhere[] } {
  const origins = new Set([emulator.options.origin, emulator.options.filesOrigin, ...more].map((url) => new URL(url).origin));
  const elsewhere: Elsewhere[] = [];
  return {
    elsewhere,
    fetch: async (url, init) => {
      const signals = [AbortSignal.timeout(patienceMs), ...(init?.signal ? [init.signal as AbortSignal] : [])];
      const request = new Request(url, { ...init, signal: AbortSignal.any(signals) } as RequestInit);
      if (origins.has(new URL(url).origin)) return emulator.handle(request);
      elsewhere.push({ url, headers: request.headers });
      throw new TypeError(`nobody is at ${url}`);
    },
  };
}
