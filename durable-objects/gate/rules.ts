/** Who may submit to a provider, and when: pure functions of the gate's book and the time. */

/** What a provider allows; null where it has no such limit. */
export interface Limits {
  concurrency: number;
  perMinute: number | null;
  perDay: number | null;
}

/** One attempt of a job, which is what a lease is for. */
export interface Ask {
  /** Of this attempt by this model: nobody else's is the same. */
  key: string;
  run: string;
  job: string;
  attempt: number;
  /** What fails together: a vendor's model, or the whole of the house. */
  circuit: string;
  /** 1 low, 2 normal, 3 high. */
  priority: number;
  /** When the lease ends by itself, whatever became of its holder. */
  expiresAt: number;
}

export interface Waiter extends Ask {
  since: number;
}

/** Whose turn has come: its lease is granted. */
export interface Called extends Waiter {
  isProbe: boolean;
}

/** What a call says of the lease that it comes with, so that whoever is called need not ask for it. */
export interface HeldLease {
  key: string;
  provider: string;
  isProbe: boolean;
  expiresAt: number;
}

export interface Lease {
  ask: Ask;
  grantedAt: number;
}

/** How one way of asking does. Closed: all is well. Open: it is down until `until`. */
export interface Line {
  failures: number;
  /** How often it opened without a success in between. */
  opened: number;
  until: number | null;
}

/** What is asked of a provider: to make something, or how far it is. Either may work while the other does not, so that neither answers for the other. */
export type Way = "submit" | "check";

/** Open while one of its lines is; when its time is over, one lease goes out to find out (`probe`). */
export interface Breaker extends Record<Way, Line> {
  probe: string | null;
}

export interface Book {
  limits: Limits;
  leases: Map<string, Lease>;
  waiters: Map<string, Waiter>;
  /** When leases were granted, oldest first, as far back as the limits count. */
  starts: number[];
  /** By circuit; absent: closed. */
  breakers: Map<string, Breaker>;
  /** No lease before this: the provider said so. */
  throttledUntil: number;
  /** The same of single circuits: who asks to be left alone for long may have meant one model. */
  throttles: Map<string, number>;
}

export type LeaseOutcome =
  /** `isProbe`: how the provider answers is news, since it was thought down or has failed of late. */
  | { ok: true; granted: true; isProbe: boolean }
  | { ok: true; granted: false; because: "busy" | "down"; retryAt: number | null };

export type Report = "works" | "fails" | { throttledUntil: number };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A provider that wants to be left alone for longer is asked for its other models after this: it may have meant the one. That one is left alone for as long as it said. */
const THROTTLE_ALL_MS_MAX = 5 * MINUTE_MS;
/** Who is to be left alone for longer is as good as down: what waits for it may go elsewhere. */
export const AWAY_MS = MINUTE_MS;
/** A waiter rises by one priority in this time, so that nobody waits for ever. */
export const AGING_MS = 30_000;
export const FAILURES_TO_OPEN = 4;
const OPEN_MS = 3_000;
const OPEN_MS_MAX = 60_000;

export const emptyBook = (limits: Limits): Book => ({
  limits, leases: new Map(), waiters: new Map(), starts: [], breakers: new Map(), throttledUntil: 0, throttles: new Map(),
});

const WELL: Readonly<Line> = { failures: 0, opened: 0, until: null };
export const CLOSED: Readonly<Breaker> = { submit: WELL, check: WELL, probe: null };

const isWell = ({ failures, opened }: Line): boolean => failures === 0 && opened === 0;

/** Until when a circuit is down; null: it is closed. */
export const openUntil = ({ submit, check }: Breaker): number | null => (submit.until === null && check.until === null ? null : Math.max(submit.until ?? 0, check.until ?? 0));

const breakerOf = ({ breakers }: Book, circuit: string): Readonly<Breaker> => breakers.get(circuit) ?? CLOSED;

/** Until when a circuit is to be left alone, alone or with all of its provider. */
export const throttledUntil = (book: Pick<Book, "throttledUntil" | "throttles">, circuit: string): number => Math.max(book.throttledUntil, book.throttles.get(circuit) ?? 0);

/** Grants a lease now, or puts the asker among those who are called in turn. Asking again for the same attempt is harmless. */
export function ask(book: Book, asked: Ask, now: number): LeaseOutcome {
  expire(book, now);
  if (book.leases.has(asked.key)) return granted(book, asked);
  const waiter: Waiter = { ...asked, since: book.waiters.get(asked.key)?.since ?? now };
  book.waiters.set(asked.key, waiter);
  if (nextWaiters(book, now).some(({ key }) => key === asked.key)) {
    grant(book, waiter, now);
    return granted(book, asked);
  }
  const breaker = breakerOf(book, asked.circuit);
  const until = openUntil(breaker);
  const isDown = until !== null && (now < until || breaker.probe !== null);
  const freeAt = throttledUntil(book, asked.circuit);
  if (!isDown && freeAt <= now + AWAY_MS) return { ok: true, granted: false, because: "busy", retryAt: null };
  return { ok: true, granted: false, because: "down", retryAt: Math.max(isDown ? Math.max(until, now + OPEN_MS) : 0, freeAt > now ? freeAt : 0) };
}

const granted = (book: Book, asked: Ask): LeaseOutcome => ({ ok: true, granted: true, isProbe: isProbe(book, asked) });

function isProbe(book: Book, { key, circuit }: Ask): boolean {
  const { probe, submit } = breakerOf(book, circuit);
  return probe === key || submit.failures > 0;
}

/** Ends leases, and forgets those attempts' places among the waiters. */
export function giveBack(book: Book, keys: readonly string[]): void {
  for (const key of keys) {
    book.leases.delete(key);
    book.waiters.delete(key);
    for (const [circuit, breaker] of book.breakers) if (breaker.probe === key) book.breakers.set(circuit, { ...breaker, probe: null });
  }
}

/**
 * Learns how the provider does. A success closes the breaker's line of what was asked, and no other; failures in a row open it, each time for twice as long.
 * A throttle is the whole provider's; one for long is the circuit's.
 */
export function learn(book: Book, { circuit, way, report }: { circuit: string; way: Way; report: Report }, now: number): void {
  if (typeof report === "object") {
    book.throttledUntil = Math.max(book.throttledUntil, Math.min(report.throttledUntil, now + THROTTLE_ALL_MS_MAX));
    if (report.throttledUntil > now + THROTTLE_ALL_MS_MAX) book.throttles.set(circuit, Math.max(book.throttles.get(circuit) ?? 0, report.throttledUntil));
    return;
  }
  const breaker = breakerOf(book, circuit);
  const line = report === "works" ? WELL : failed(breaker[way], now);
  // Whoever was sent to find out has failed: another may be, when its time has come.
  const isNews = report === "fails" && line.until !== null && line.until !== breaker[way].until;
  const next = { ...breaker, [way]: line, probe: isNews ? null : breaker.probe };
  if (isWell(next.submit) && isWell(next.check)) book.breakers.delete(circuit);
  else book.breakers.set(circuit, next);
}

function failed(line: Line, now: number): Line {
  if (line.until !== null && now < line.until) return line;
  const failures = line.failures + 1;
  if (line.until === null && failures < FAILURES_TO_OPEN) return { ...line, failures };
  const opened = line.opened + 1;
  return { failures: 0, opened, until: now + Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** (opened - 1)) };
}

/** Grants what can be granted, and returns whom to call. */
export function call(book: Book, now: number): Called[] {
  expire(book, now);
  const called = nextWaiters(book, now);
  for (const waiter of called) grant(book, waiter, now);
  return called.map((waiter) => ({ ...waiter, isProbe: isProbe(book, waiter) }));
}

/** Where a job stands among those that wait for its provider: 1 is called next. */
export interface Place {
  place: number;
  of: number;
  since: number;
}

/** Where these jobs stand. Those that do not wait have no place. */
export function placesOf(book: Book, jobs: readonly string[], now: number): Record<string, Place> {
  const line = inOrder(book, now).filter(({ expiresAt }) => expiresAt > now);
  const wanted = new Set(jobs);
  return Object.fromEntries(line.flatMap(({ job, since }, index) => (wanted.has(job) ? [[job, { place: index + 1, of: line.length, since }]] : [])));
}

/** When something changes by itself: a lease ends, the breaker may be probed, a limit has room again. Infinity if nothing does. */
export function nextDue(book: Book, now: number): number {
  let dueAt = Infinity;
  for (const { ask: { expiresAt } } of book.leases.values()) dueAt = Math.min(dueAt, expiresAt);
  if (book.waiters.size === 0) return dueAt;
  for (const { expiresAt } of book.waiters.values()) dueAt = Math.min(dueAt, expiresAt);
  for (const circuit of new Set([...book.waiters.values()].map((waiter) => waiter.circuit))) {
    const until = openUntil(breakerOf(book, circuit));
    if (until !== null && until > now) dueAt = Math.min(dueAt, until);
    const freeAt = book.throttles.get(circuit) ?? 0;
    if (freeAt > now) dueAt = Math.min(dueAt, freeAt);
  }
  if (book.throttledUntil > now) dueAt = Math.min(dueAt, book.throttledUntil);
  const { perMinute, perDay } = book.limits;
  for (const [most, windowMs] of [[perMinute, MINUTE_MS], [perDay, DAY_MS]] as const) {
    const oldest = most === null ? undefined : book.starts.at(-most);
    if (oldest !== undefined && oldest + windowMs > now) dueAt = Math.min(dueAt, oldest + windowMs);
  }
  return dueAt;
}

function expire(book: Book, now: number): void {
  for (const [key, { ask: { expiresAt } }] of book.leases) if (expiresAt <= now) giveBack(book, [key]);
  for (const [key, { expiresAt }] of book.waiters) if (expiresAt <= now) book.waiters.delete(key);
  for (const [circuit, until] of book.throttles) if (until <= now) book.throttles.delete(circuit);
  const { perMinute, perDay } = book.limits;
  const keptMs = perDay !== null ? DAY_MS : perMinute !== null ? MINUTE_MS : 0;
  const kept = book.starts.findIndex((at) => at > now - keptMs);
  book.starts = kept < 0 ? [] : book.starts.slice(kept);
}

function grant(book: Book, { since: _since, ...asked }: Waiter, now: number): void {
  book.waiters.delete(asked.key);
  book.leases.set(asked.key, { ask: asked, grantedAt: now });
  if (book.limits.perMinute !== null || book.limits.perDay !== null) book.starts.push(now);
  const breaker = breakerOf(book, asked.circuit);
  if (openUntil(breaker) !== null) book.breakers.set(asked.circuit, { ...breaker, probe: asked.key });
}

/** Waiters, first the highest priority after aging, then who waits longest. */
function inOrder({ waiters }: Book, now: number): Waiter[] {
  const rank = ({ priority, since }: Waiter) => priority + (now - since) / AGING_MS;
  return [...waiters.values()].sort((a, b) => rank(b) - rank(a) || a.since - b.since || (a.key < b.key ? -1 : 1));
}

/** The waiters for whom there is room, in their order. */
function nextWaiters(book: Book, now: number): Waiter[] {
  const room = roomIn(book, now);
  if (room <= 0 || book.waiters.size === 0) return [];
  const next: Waiter[] = [];
  const probed = new Set<string>();
  for (const waiter of inOrder(book, now)) {
    if (next.length >= room) break;
    const breaker = breakerOf(book, waiter.circuit);
    const until = openUntil(breaker);
    const { probe } = breaker;
    if ((book.throttles.get(waiter.circuit) ?? 0) > now) continue;
    if (until !== null && (now < until || probe !== null || probed.has(waiter.circuit))) continue;
    if (until !== null) probed.add(waiter.circuit);
    next.push(waiter);
  }
  return next;
}

function roomIn(book: Book, now: number): number {
  const { limits, leases, starts } = book;
  if (now < book.throttledUntil) return 0;
  const within = (windowMs: number) => starts.filter((at) => at > now - windowMs).length;
  return Math.min(
    limits.concurrency - leases.size,
    limits.perMinute === null ? Infinity : limits.perMinute - within(MINUTE_MS),
    limits.perDay === null ? Infinity : limits.perDay - within(DAY_MS),
  );
}
