import type { Secret } from "@sampan/core";

/** An access key of Alibaba Cloud: a person's, a program's, or a temporary one with its token. */
export interface CloudCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: Secret;
  /** Token of a temporary key (STS). */
  readonly securityToken?: Secret;
  /** When the cloud stops taking it, in milliseconds since 1970-01-01 UTC; absent for a key that stays. */
  readonly expiresAt?: number;
}

/** What one call needs of its key. */
export interface CredentialRequest {
  /**
   * How long the key has to stay valid, in milliseconds; 300,000 by default. A source whose keys live less than twice as
   * long gives one with at least half its life left.
   */
  readonly minValidityMs?: number;
  /** Ends the waiting, not the fetching: others may wait for the same key. */
  readonly signal?: AbortSignal | undefined;
}

/** Gives the key for each call, and a new one before the old one ends. */
export interface CredentialProvider {
  /**
   * Gives a key that is valid now. Called for every request, so it answers from memory while it can; callers that come
   * while a key is being fetched share the fetch.
   *
   * @throws `CLOUD_CREDENTIALS_MISSING` or `CLOUD_CREDENTIALS_INVALID` when the source gives none, `CLOUD_UNREACHABLE` (retryable)
   * when it cannot be asked.
   */
  get(request?: CredentialRequest): Promise<CloudCredentials>;
  /**
   * Told that the cloud refused a key as expired. True when the next {@link CredentialProvider.get} gives another, so that
   * the call is worth a second attempt.
   */
  renew(refused: CloudCredentials): boolean;
  /** Where the keys come from, in words, without any part of them. */
  describe(): string;
}

/** A provider of one key that never changes. */
export function staticCredentials(
  credentials: CloudCredentials,
  description = "given in code",
): CredentialProvider {
  return {
    get: async () => credentials,
    renew: () => false,
    describe: () => description,
  };
}

/** Takes a key or a provider of keys as a provider. */
export function asCredentialProvider(given: CloudCredentials | CredentialProvider): CredentialProvider {
  return "get" in given ? given : staticCredentials(given);
}

/** Tells two keys apart; a temporary key is another one when its token is. */
export function isSameKey(one: CloudCredentials, other: CloudCredentials): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.accessKeySecret.reveal() === other.accessKeySecret.reveal() &&
    one.securityToken?.reveal() === other.securityToken?.reveal()
  );
}

/** The secret parts of a key, for masking. */
export function secretsOf({ accessKeySecret, securityToken }: CloudCredentials): readonly Secret[] {
  return securityToken === undefined ? [accessKeySecret] : [accessKeySecret, securityToken];
}
