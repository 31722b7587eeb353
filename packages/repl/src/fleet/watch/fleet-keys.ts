import type { FleetPlace } from "./fleet-style.ts";

/** What a key did: another place of the dashboard, or that its watcher leaves. */
export type KeyEffect =
  | { readonly kind: "place"; readonly place: FleetPlace }
  | { readonly kind: "leave" }
  /** Ctrl+C, which a terminal in raw mode sends as a character. */
  | { readonly kind: "interrupt" }
  | null;

const esc = "\u001b";

/** Characters that terminals send for the keys there are. */
const steps: Readonly<Record<string, (page: number) => number>> = {
  [`${esc}[A`]: () => -1,
  [`${esc}OA`]: () => -1,
  k: () => -1,
  [`${esc}[B`]: () => 1,
  [`${esc}OB`]: () => 1,
  j: () => 1,
  [`${esc}[5~`]: (page) => -page,
  [`${esc}[6~`]: (page) => page,
  " ": (page) => page,
  [`${esc}[H`]: () => Number.NEGATIVE_INFINITY,
  g: () => Number.NEGATIVE_INFINITY,
  [`${esc}[F`]: () => Number.POSITIVE_INFINITY,
  G: () => Number.POSITIVE_INFINITY,
};

// What a terminal sends for one key: a sequence that begins with escape, or a character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters.
const key = /\u001b(?:\[[\d;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu;

/** The keys of what was read at once: fast fingers, and a slow line, bring several. */
export function keysIn(typed: string): readonly string[] {
  return typed.match(key) ?? [];
}

const choices: Readonly<Record<string, FleetPlace["only"]>> = { a: "all", f: "failed", r: "running" };

/**
 * What typed characters do to a dashboard: `null` for those that do nothing. Pure.
 *
 * @param extent how many hosts are in question, and how many a screen shows
 */
export function pressed(
  place: FleetPlace,
  keys: string,
  extent: { readonly hosts: number; readonly page: number },
): KeyEffect {
  if (keys === "q" || keys === "\u0004") return { kind: "leave" };
  if (keys === "\u0003") return { kind: "interrupt" };
  if (Object.hasOwn(choices, keys))
    return { kind: "place", place: { first: 0, only: choices[keys] ?? "all" } };
  const step = Object.hasOwn(steps, keys) ? steps[keys] : undefined;
  if (step === undefined) return null;
  const last = Math.max(0, extent.hosts - extent.page);
  const first = Math.max(0, Math.min(last, Math.min(place.first, last) + step(extent.page)));
  return { kind: "place", place: { ...place, first } };
}
