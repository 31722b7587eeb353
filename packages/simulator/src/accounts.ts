import { randomBytes } from "node:crypto";
import type { JsonFiles } from "./state/json-files.ts";

/** An account with its access key. */
export interface SimulatorAccount {
  /** Digits, as an Alibaba Cloud account id. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Shown as the owner's display name. Defaults to the account id. */
  readonly displayName?: string;
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
  readonly kind: "Account" | "AssumedRoleUser";
}

/** A key as a signature verifier needs it. */
export interface KnownKey {
  readonly secret: string;
  readonly caller: Caller;
  /** Present when the key is temporary: the token that must come along. */
  readonly session?: SessionCredentials;
}

/** Who may call: the accounts, and the temporary credentials handed out, which survive a restart. */
export class AccountDirectory {
  readonly accounts: readonly SimulatorAccount[];
  readonly #sessions = new Map<string, SessionCredentials>();
  readonly #files: JsonFiles;

  constructor(accounts: readonly SimulatorAccount[], files: JsonFiles) {
    this.accounts = accounts;
    this.#files = files;
  }

  async load(): Promise<void> {
    for (const session of await this.#files.readAll<SessionCredentials>("sessions")) {
      this.#sessions.set(session.accessKeyId, session);
    }
  }

  find(accessKeyId: string): KnownKey | undefined {
    const account = this.accounts.find((candidate) => candidate.accessKeyId === accessKeyId);
    if (account) {
      const arn = `acs:ram::${account.accountId}:root`;
      return {
        secret: account.accessKeySecret,
        caller: { accountId: account.accountId, accessKeyId, arn, kind: "Account" },
      };
    }
    const session = this.#sessions.get(accessKeyId);
    if (!session) return undefined;
    return {
      secret: session.accessKeySecret,
      session,
      caller: { accountId: session.accountId, accessKeyId, arn: session.arn, kind: "AssumedRoleUser" },
    };
  }

  account(accountId: string): SimulatorAccount | undefined {
    return this.accounts.find((candidate) => candidate.accountId === accountId);
  }

  /** Makes temporary credentials; they are on disk when the promise resolves. */
  async issue(accountId: string, arn: string, expiresAtMs: number): Promise<SessionCredentials> {
    const session: SessionCredentials = {
      accountId,
      accessKeyId: `STS.${randomBytes(12).toString("hex")}`,
      accessKeySecret: randomBytes(24).toString("base64url"),
      securityToken: `CAIS${randomBytes(48).toString("base64")}`,
      expiresAtMs,
      arn,
    };
    await this.#files.write("sessions", session.accessKeyId, session);
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }
}
