import type { AccountFacts } from "../analysis/account-facts.ts";

/** A profile of an account, without anything that is secret. */
export interface ProfileName {
  readonly name: string;
  readonly region?: string;
}

/** Names of the account that were seen before. All may be absent: then everything works, and less is offered. */
export interface KnownNames {
  readonly facts: AccountFacts;
  readonly profiles: readonly ProfileName[];
}

/** Nothing is known. */
export const noNames: KnownNames = { facts: {}, profiles: [] };

/** Region of a bucket as the account was seen. */
export function regionOfBucket({ facts }: KnownNames, bucket: string): string | undefined {
  return facts.buckets?.items.find(({ name }) => name === bucket)?.region;
}
