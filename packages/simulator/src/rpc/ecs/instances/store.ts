import type { JsonFiles } from "../../../state/json-files.ts";
import { newestFirst } from "../paging.ts";
import { RecordTable } from "../record-table.ts";
import type { InstanceRecord } from "./records.ts";

/** Instances of all accounts and regions. */
export class InstanceStore {
  readonly #table: RecordTable<InstanceRecord>;

  constructor(files: JsonFiles) {
    this.#table = new RecordTable(files, "instances", (instance) => instance.instanceId);
  }

  load(): Promise<void> {
    return this.#table.load();
  }

  /** Every instance, newest first. */
  all(): readonly InstanceRecord[] {
    return newestFirst(this.#table.values(), (instance) => instance.instanceId);
  }

  get(instanceId: string): InstanceRecord | undefined {
    return this.#table.get(instanceId);
  }

  /** Keeps an instance, new or changed. */
  put(instance: InstanceRecord): Promise<void> {
    return this.#table.put(instance);
  }

  async remove(instanceId: string): Promise<void> {
    await this.#table.remove(instanceId);
  }
}
