import type { AccountFacts } from "../analysis/account-facts.ts";
import { entryOf, type PlacedValue } from "../analysis/placed-value.ts";

/** Names of one account that were seen before. All may be absent: then everything works, and less is offered. */
export interface KnownNames {
  readonly facts: AccountFacts;
  /** Names of profiles, of this account and others: nothing of them is secret. */
  readonly profiles: readonly string[];
}

/** Names of an account, and how it was reached. */
export interface AccountNames {
  readonly cloud: "alibaba" | "simulator";
  /** Profiles it was reached by; `null` for the one that is taken when none is named. */
  readonly reachedBy: readonly (string | null)[];
  readonly facts: AccountFacts;
  readonly askedAtMs: number;
}

/** Nothing is known. */
export const noNames: KnownNames = { facts: {}, profiles: [] };

/**
 * The names to offer for a plan: those of the account that `Migration.with` says, as far as it does; else of the real account that was asked
 * last, for rehearsals are written for one; else of a simulator. Offering another account's names does no harm.
 */
export function namesToOffer(
  accounts: readonly AccountNames[],
  context: PlacedValue | undefined,
): KnownNames {
  const { cloud, profile } = choiceOf(context);
  const newest = [...accounts].sort((one, other) => other.askedAtMs - one.askedAtMs);
  const real = newest.filter((account) => account.cloud === (cloud ?? "alibaba"));
  const chosen =
    real.find(({ reachedBy }) => reachedBy.includes(profile ?? null)) ??
    real[0] ??
    (cloud ? undefined : newest[0]);
  const named = newest.flatMap(({ reachedBy }) => reachedBy.filter((name) => name !== null));
  return { facts: chosen?.facts ?? {}, profiles: [...new Set(named)].sort() };
}

/**
 * The facts to judge plans by: only when every one of them says that it is for the real cloud, and by which profile, for which account
 * others mean depends on what the editor does not know.
 */
export function factsToJudgeBy(
  accounts: readonly AccountNames[],
  contexts: readonly (PlacedValue | undefined)[],
): AccountFacts | undefined {
  const choices = contexts.map(choiceOf);
  const [first] = choices;
  if (first?.cloud !== "alibaba") return undefined;
  if (choices.some(({ cloud, profile }) => cloud !== "alibaba" || profile !== first.profile))
    return undefined;
  const fitting = accounts.filter(
    ({ cloud, reachedBy }) => cloud === "alibaba" && reachedBy.includes(first.profile ?? null),
  );
  return fitting.sort((one, other) => other.askedAtMs - one.askedAtMs)[0]?.facts;
}

/** Region of a bucket as the account was seen. */
export function regionOfBucket({ facts }: KnownNames, bucket: string): string | undefined {
  return facts.buckets?.items.find(({ name }) => name === bucket)?.region;
}

function choiceOf(context: PlacedValue | undefined): {
  readonly cloud?: "alibaba" | "simulator";
  readonly profile?: string;
} {
  const cloud = entryOf(context, "cloud")?.value;
  const profile = entryOf(context, "profile")?.value;
  const named = cloud?.kind === "text" && (cloud.value === "alibaba" || cloud.value === "simulator");
  return {
    ...(named ? { cloud: cloud.value as "alibaba" | "simulator" } : {}),
    ...(profile?.kind === "text" ? { profile: profile.value } : {}),
  };
}
