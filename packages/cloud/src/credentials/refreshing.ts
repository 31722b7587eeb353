import { type Clock, systemClock, throwIfCancelled } from "@sampan/core";
import { untilCancelled } from "../until-cancelled.ts";
import {
  type CloudCredentials,
  type CredentialProvider,
  type CredentialRequest,
  isSameKey,
} from "./credentials.ts";

/** Where a {@link RefreshingCredentials} gets its keys. */
export interface CredentialSource {
  /** In words, without any part of a key: `role acs:ram::1:role/deploy, by the profile ci`. */
  readonly description: string;
  /** Fetches a key. The signal is the provider's own and bounds the time. */
  fetch(signal: AbortSignal): Promise<CloudCredentials>;
}

const defaultValidityMs = 300_000;
/** A source is given up on after this: STS answers in seconds, a program of the user's may ask a person. */
const fetchTimeoutMs = 90_000;
/** A key that could not be renewed is used on while it lives, and asked for again after this. */
const pauseAfterFailureMs = 10_000;

interface Held {
  readonly credentials: CloudCredentials;
  readonly fetchedAt: number;
}

/**
 * Keeps the key of a source, and fetches the next one before the present one ends: one fetch at a time, shared by all who
 * wait.
 *
 * When a fetch fails while the present key still lives, the present key is given. Nothing is remembered of a failure: the
 * next call after it asks again.
 */
export class RefreshingCredentials implements CredentialProvider {
  readonly #source: CredentialSource;
  readonly #clock: Clock;
  #held: Held | undefined;
  #fetching: Promise<CloudCredentials> | undefined;
  #pausedUntil = 0;

  constructor(source: CredentialSource, clock: Clock = systemClock) {
    this.#source = source;
    this.#clock = clock;
  }

  async get({
    minValidityMs = defaultValidityMs,
    signal,
  }: CredentialRequest = {}): Promise<CloudCredentials> {
    throwIfCancelled(signal);
    const held = this.#held;
    const now = this.#clock.now();
    if (held !== undefined && isGoodFor(held, now, minValidityMs)) return held.credentials;
    const usable = held !== undefined && isGoodFor(held, now, 0);
    if (usable && now < this.#pausedUntil) return held.credentials;
    try {
      return await untilCancelled(this.#fetchOnce(), signal);
    } catch (error) {
      if (!usable || signal?.aborted) throw error;
      this.#pausedUntil = this.#clock.now() + pauseAfterFailureMs;
      return held.credentials;
    }
  }

  renew(refused: CloudCredentials): boolean {
    // A late report about a key that was replaced meanwhile must not throw the new one away.
    if (this.#held !== undefined && isSameKey(this.#held.credentials, refused)) this.#held = undefined;
    return true;
  }

  describe(): string {
    return this.#source.description;
  }

  #fetchOnce(): Promise<CloudCredentials> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<CloudCredentials> {
    const credentials = await this.#source.fetch(AbortSignal.timeout(fetchTimeoutMs));
    this.#held = { credentials, fetchedAt: this.#clock.now() };
    return credentials;
  }
}

function isGoodFor({ credentials, fetchedAt }: Held, now: number, minValidityMs: number): boolean {
  const { expiresAt } = credentials;
  if (expiresAt === undefined) return true;
  const lifeMs = Math.max(0, expiresAt - fetchedAt);
  return expiresAt - now > Math.min(minValidityMs, lifeMs / 2);
}
