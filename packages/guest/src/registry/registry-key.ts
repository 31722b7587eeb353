import type { HiveValue } from "./value.ts";

/** A key of a registry, of a hive on a disk or of a Windows that runs. */
export interface RegistryKey {
  readonly name: string;
  /** All subkeys, in the order of the registry. */
  subkeys(): Promise<readonly RegistryKey[]>;
  /** A subkey by name without regard to case; `undefined` when absent. */
  subkey(name: string): Promise<RegistryKey | undefined>;
  /** A value by name without regard to case; `undefined` when absent. */
  value(name: string): Promise<HiveValue | undefined>;
}
