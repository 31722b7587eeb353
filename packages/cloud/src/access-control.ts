/** The role through which ECS reads the bucket of an import. */
export interface ImportRole {
  readonly name: string;
  /** `missing`: no such role; `untrusted`: ECS may not assume it; `powerless`: it lacks the policy; `ready`. */
  readonly state: "missing" | "untrusted" | "powerless" | "ready";
}

/** A port to the account's roles (RAM). Central: it has no region. */
export interface AccessControl {
  /** Looks at the import role without changing anything. */
  describeImportRole(signal?: AbortSignal): Promise<ImportRole>;
  /**
   * Creates the import role, its trust and its policy where they are missing. Idempotent. The role takes up to a minute
   * to reach ECS: the import must be tried again while it still answers that the role is missing.
   */
  createImportRole(signal?: AbortSignal): Promise<void>;
}
