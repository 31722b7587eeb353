import { PolicyCache } from "../../access/document.ts";
import { systemPolicies } from "../../access/system-policies.ts";
import type { JsonFiles } from "../../state/json-files.ts";
import { NamedRecords } from "../../state/named-records.ts";
import type {
  AliasRecord,
  AttachedPolicy,
  GroupRecord,
  PolicyRecord,
  RoleRecord,
  UserKey,
  UserRecord,
} from "./records.ts";

/** A key of a RAM user and whose it is. */
export interface FoundUserKey {
  readonly user: UserRecord;
  readonly key: UserKey;
}

/** Users, groups, roles and custom policies by account. Names are compared without regard to case. */
export class RamStore {
  /** Aliases of accounts, each under the id of its account. */
  readonly aliases: NamedRecords<AliasRecord>;
  readonly groups: NamedRecords<GroupRecord>;
  readonly policies: NamedRecords<PolicyRecord>;
  /** Policies parsed once. */
  readonly parsed = new PolicyCache();
  readonly #roles: NamedRecords<RoleRecord>;
  readonly #users: NamedRecords<UserRecord>;
  /** Whose a key is: looked up at every call. */
  readonly #keyOwners = new Map<string, { readonly accountId: string; readonly userName: string }>();

  constructor(files: JsonFiles) {
    this.#roles = new NamedRecords(files, "roles", ({ accountId, roleName: name }) => ({ accountId, name }));
    this.#users = new NamedRecords(files, "users", ({ accountId, userName: name }) => ({ accountId, name }));
    this.aliases = new NamedRecords(files, "aliases", ({ accountId }) => ({ accountId, name: accountId }));
    this.groups = new NamedRecords(files, "groups", ({ accountId, groupName: name }) => ({
      accountId,
      name,
    }));
    this.policies = new NamedRecords(files, "policies", ({ accountId, policyName: name }) => ({
      accountId,
      name,
    }));
  }

  async load(): Promise<void> {
    await Promise.all([
      this.#roles.load(),
      this.#users.load(),
      this.groups.load(),
      this.policies.load(),
      this.aliases.load(),
    ]);
    for (const user of this.#users.all()) this.#indexKeys(user);
  }

  role(accountId: string, roleName: string): RoleRecord | undefined {
    return this.#roles.get(accountId, roleName);
  }

  roles(accountId: string): readonly RoleRecord[] {
    return this.#roles.of(accountId);
  }

  /** Latest moment any record mentions: simulated time may not begin before it. */
  latestMs(): number {
    const roles = this.#roles.all().flatMap((role) => [role.createdAtMs, role.trustChangedAtMs]);
    const users = this.#users.all().map((user) => user.updatedAtMs);
    const policies = this.policies.all().map((policy) => policy.updatedAtMs);
    return Math.max(0, ...roles, ...users, ...policies);
  }

  put(role: RoleRecord): Promise<void> {
    return this.#roles.put(role);
  }

  remove(role: RoleRecord): Promise<void> {
    return this.#roles.remove(role);
  }

  user(accountId: string, userName: string): UserRecord | undefined {
    return this.#users.get(accountId, userName);
  }

  users(accountId: string): readonly UserRecord[] {
    return this.#users.of(accountId);
  }

  async putUser(user: UserRecord): Promise<void> {
    this.#forgetKeys(this.user(user.accountId, user.userName));
    this.#indexKeys(user);
    await this.#users.put(user);
  }

  async removeUser(user: UserRecord): Promise<void> {
    this.#forgetKeys(user);
    await this.#users.remove(user);
  }

  /** The user a key belongs to, whether it is active or not. */
  userKey(accessKeyId: string): FoundUserKey | undefined {
    const owner = this.#keyOwners.get(accessKeyId);
    const user = owner && this.user(owner.accountId, owner.userName);
    const key = user?.keys.find((candidate) => candidate.accessKeyId === accessKeyId);
    return user && key ? { user, key } : undefined;
  }

  /** Documents of the policies a user has, by itself and by its groups. */
  documentsOfUser(user: UserRecord): readonly string[] {
    const groups = user.groups.map(({ groupName }) => this.groups.get(user.accountId, groupName));
    const attached = [...user.policies, ...groups.flatMap((group) => group?.policies ?? [])];
    return this.documents(user.accountId, attached);
  }

  /** Documents of attached policies, in the versions that count. */
  documents(accountId: string, attached: readonly AttachedPolicy[]): readonly string[] {
    return attached
      .map(({ name, type }) =>
        type === "System"
          ? systemPolicies.get(name)?.document
          : defaultDocument(this.policies.get(accountId, name)),
      )
      .filter((document): document is string => document !== undefined);
  }

  #indexKeys(user: UserRecord): void {
    const { accountId, userName } = user;
    for (const { accessKeyId } of user.keys) this.#keyOwners.set(accessKeyId, { accountId, userName });
  }

  #forgetKeys(user: UserRecord | undefined): void {
    for (const { accessKeyId } of user?.keys ?? []) this.#keyOwners.delete(accessKeyId);
  }
}

/** The document of a custom policy's default version. */
export function defaultDocument(policy: PolicyRecord | undefined): string | undefined {
  return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersion)?.document;
}
