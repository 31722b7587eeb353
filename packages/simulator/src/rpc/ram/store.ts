import type { JsonFiles } from "../../state/json-files.ts";
import { KeyedQueue } from "../../state/keyed-queue.ts";

/** A policy on a role. */
export interface AttachedPolicy {
  readonly name: string;
  readonly type: "System" | "Custom";
  readonly attachedAtMs: number;
}

/** A role as it is kept. Times are simulated ones: propagation is judged by them. */
export interface RoleRecord {
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly description: string;
  readonly trustPolicy: string;
  readonly createdAtMs: number;
  readonly trustChangedAtMs: number;
  readonly policies: readonly AttachedPolicy[];
}

/** Roles by account. Role names are compared without regard to case. */
export class RamStore {
  readonly #files: JsonFiles;
  readonly #roles = new Map<string, RoleRecord>();
  readonly #queue = new KeyedQueue();

  constructor(files: JsonFiles) {
    this.#files = files;
  }

  async load(): Promise<void> {
    for (const role of await this.#files.readAll<RoleRecord>("roles")) {
      this.#roles.set(keyOf(role.accountId, role.roleName), role);
    }
  }

  role(accountId: string, roleName: string): RoleRecord | undefined {
    return this.#roles.get(keyOf(accountId, roleName));
  }

  roles(accountId: string): readonly RoleRecord[] {
    return [...this.#roles.values()].filter((role) => role.accountId === accountId);
  }

  /** Latest moment any record mentions: simulated time may not begin before it. */
  latestMs(): number {
    return Math.max(
      0,
      ...[...this.#roles.values()].map((role) => Math.max(role.createdAtMs, role.trustChangedAtMs)),
    );
  }

  async put(role: RoleRecord): Promise<void> {
    const key = keyOf(role.accountId, role.roleName);
    this.#roles.set(key, role);
    await this.#queue.run(key, async () => {
      const latest = this.#roles.get(key);
      if (latest) await this.#files.write("roles", key, latest);
    });
  }

  async remove(role: RoleRecord): Promise<void> {
    const key = keyOf(role.accountId, role.roleName);
    this.#roles.delete(key);
    await this.#queue.run(key, async () => {
      if (!this.#roles.has(key)) await this.#files.remove("roles", key);
    });
  }
}

function keyOf(accountId: string, roleName: string): string {
  return `${accountId}-${roleName.toLowerCase()}`;
}
