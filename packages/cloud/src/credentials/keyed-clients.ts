import type { Secret } from "@sampan/core";
import { vendorCodeOf } from "../vendor-failure.ts";
import { type CloudCredentials, type CredentialProvider, isSameKey, secretsOf } from "./credentials.ts";

/** Codes by which the vendor's services refuse a token that has ended or that they no longer know. */
const expired = /^(SecurityTokenExpired|InvalidSecurityToken(\.[A-Za-z]+)?)$/;

/**
 * The clients of one service, made for the key that is valid at each call; the vendor's clients keep the key they were
 * made with. `Client` may be a promise.
 */
export class KeyedClients<Client> {
  readonly #provider: CredentialProvider;
  readonly #clients = new Map<string, Client>();
  #key: CloudCredentials | undefined;
  #secrets: readonly Secret[] = [];

  constructor(provider: CredentialProvider) {
    this.#provider = provider;
  }

  /** What no message may show: the secrets of the present key and of the one before. */
  get secrets(): readonly Secret[] {
    return this.#secrets;
  }

  /**
   * Makes one call with the client called `name`, made by `make` when there is none for the present key. A key that the
   * cloud refuses as expired is renewed, and the call made once more: nothing was done by the first. `minValidityMs` asks for
   * a key that outlives a long call.
   */
  async use<T>(
    name: string,
    signal: AbortSignal | undefined,
    make: (credentials: CloudCredentials) => Client,
    call: (client: Client) => Promise<T>,
    minValidityMs?: number,
  ): Promise<T> {
    for (let renewed = false; ; renewed = true) {
      const validity = minValidityMs === undefined ? {} : { minValidityMs };
      const credentials = await this.#provider.get({ signal, ...validity });
      const client = this.#client(name, credentials, make);
      try {
        return await call(client);
      } catch (error) {
        const isExpired = expired.test(vendorCodeOf(error) ?? "");
        if (renewed || !isExpired || !this.#provider.renew(credentials)) throw error;
      }
    }
  }

  #client(
    name: string,
    credentials: CloudCredentials,
    make: (credentials: CloudCredentials) => Client,
  ): Client {
    if (this.#key === undefined || !isSameKey(this.#key, credentials)) {
      const before = this.#key === undefined ? [] : secretsOf(this.#key);
      this.#secrets = [...secretsOf(credentials), ...before];
      this.#key = credentials;
      this.#clients.clear();
    }
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const made = make(credentials);
    this.#clients.set(name, made);
    return made;
  }
}
