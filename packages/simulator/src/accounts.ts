import { randomBytes } from "node:crypto";
import type { JsonObject } from "@sampan/core";
import type { RamStore } from "./rpc/ram/store.ts";
import type { JsonFiles } from "./state/json-files.ts";

/** A RAM user that is there from the start: put into the account when the simulator starts, with these keys and policies. */
export interface SimulatorUser {
  readonly userName: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Names of system policies to attach, such as `AliyunOSSReadOnlyAccess`. */
  readonly systemPolicies?: readonly string[];
  /** Policy documents; each becomes a custom policy of the account, attached to the user. */
  readonly policies?: readonly JsonObject[];
}

/** An identity provider whose tokens AssumeRoleWithOIDC takes: `acs:ram::ACCOUNT:oidc-provider/NAME`. */
export interface SimulatorOidcProvider {
  readonly name: string;
  /** What tokens must have as `iss`. */
  readonly issuerUrl: string;
  /** What tokens may have as `aud`. */
  readonly clientIds: readonly string[];
  /** The provider's public keys, as its key set (JWKS) lists them; signatures by RS256, PS256 and ES256 and longer are checked. */
  readonly publicKeys: readonly JsonObject[];
}

/** An account with its access key. */
export interface SimulatorAccount {
  /** Digits, as an Alibaba Cloud account id. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Shown as the owner's display name. Defaults to the account id. */
  readonly displayName?: string;
  /** Alias of the account, unless calls gave it another. Default: none. */
  readonly alias?: string;
  /** RAM users with keys of their own, besides those made through the API. */
  readonly users?: readonly SimulatorUser[];
  readonly oidcProviders?: readonly SimulatorOidcProvider[];
}

/** Temporary credentials, as AssumeRole gives them. */
export interface SessionCredentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  /** Service time at which they stop working, in milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** ARN of the assumed role session. */
  readonly arn: string;
}

/** Temporary credentials as they are kept, with what they may do. */
export interface SessionRecord extends SessionCredentials {
  /** The role they were made of; absent for those made without one, which act as the account. */
  readonly role?: { readonly roleName: string; readonly roleId: string; readonly sessionName: string };
  /** The policy that narrows the role's for this session. */
  readonly policy?: string;
}

/**
 * The accounts a simulator has unless told otherwise. Fixed and public on purpose: they open nothing but a simulator.
 * The first is the account a rehearsal uses, the second one is there to share images with.
 */
export const simulatorAccounts: readonly [SimulatorAccount, SimulatorAccount] = [
  {
    accountId: "1000000000000001",
    accessKeyId: "SampanSimulatorKey",
    accessKeySecret: "sampan-simulator-secret",
    displayName: "rehearsal",
  },
  {
    accountId: "1000000000000002",
    accessKeyId: "SampanSimulatorKey2",
    accessKeySecret: "sampan-simulator-secret-2",
    displayName: "receiver",
  },
];

/** What authentication found out about a caller. */
export interface Caller {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly arn: string;
  readonly kind: "Account" | "RAMUser" | "AssumedRoleUser";
  /** The account's id, the user's id, or `ROLEID:SESSION`. */
  readonly principalId: string;
  /** Name of the RAM user; present for that kind alone. */
  readonly userName?: string;
  /** Present when the caller uses temporary credentials. */
  readonly session?: SessionRecord;
}

/** A key as a signature verifier needs it. */
export interface KnownKey {
  readonly secret: string;
  readonly caller: Caller;
  /** A key of a RAM user that was set to Inactive. */
  readonly isDisabled: boolean;
  /** Present when the key is temporary: the token that must come along. */
  readonly session?: SessionRecord;
}

/** Who may call: accounts, RAM users, and the temporary credentials handed out, which survive a restart. */
export class AccountDirectory {
  readonly accounts: readonly SimulatorAccount[];
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #files: JsonFiles;
  readonly #ram: RamStore;

  constructor(accounts: readonly SimulatorAccount[], files: JsonFiles, ram: RamStore) {
    this.accounts = accounts;
    this.#files = files;
    this.#ram = ram;
  }

  async load(): Promise<void> {
    for (const session of await this.#files.readAll<SessionRecord>("sessions")) {
      this.#sessions.set(session.accessKeyId, session);
    }
  }

  find(accessKeyId: string): KnownKey | undefined {
    const account = this.accounts.find((candidate) => candidate.accessKeyId === accessKeyId);
    if (account) return { secret: account.accessKeySecret, isDisabled: false, caller: rootOf(account) };
    const session = this.#sessions.get(accessKeyId);
    if (session) {
      return { secret: session.accessKeySecret, isDisabled: false, session, caller: callerOf(session) };
    }
    const found = this.#ram.userKey(accessKeyId);
    if (!found) return undefined;
    const { accountId, userName, userId } = found.user;
    const arn = `acs:ram::${accountId}:user/${userName}`;
    return {
      secret: found.key.accessKeySecret,
      isDisabled: !found.key.isActive,
      caller: { accountId, accessKeyId, arn, kind: "RAMUser", principalId: userId, userName },
    };
  }

  account(accountId: string): SimulatorAccount | undefined {
    return this.accounts.find((candidate) => candidate.accountId === accountId);
  }

  /** Makes temporary credentials; they are on disk when the promise resolves. */
  async issue(
    owner: Pick<SessionRecord, "accountId" | "arn" | "role" | "policy">,
    expiresAtMs: number,
  ): Promise<SessionRecord> {
    const session: SessionRecord = {
      ...owner,
      accessKeyId: `STS.${randomBytes(12).toString("hex")}`,
      accessKeySecret: randomBytes(24).toString("base64url"),
      securityToken: `CAIS${randomBytes(48).toString("base64")}`,
      expiresAtMs,
    };
    await this.#files.write("sessions", session.accessKeyId, session);
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }
}

function rootOf({ accountId, accessKeyId }: SimulatorAccount): Caller {
  const arn = `acs:ram::${accountId}:root`;
  return { accountId, accessKeyId, arn, kind: "Account", principalId: accountId };
}

function callerOf(session: SessionRecord): Caller {
  const { accountId, accessKeyId, arn, role } = session;
  const principalId = role ? `${role.roleId}:${role.sessionName}` : accountId;
  return { accountId, accessKeyId, arn, kind: "AssumedRoleUser", principalId, session };
}
