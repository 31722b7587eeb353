import { isSampanError, SampanError } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { ImportOptions, ImportRequest } from "./image-options.ts";
import { retrying } from "./retrying.ts";

const defaultRole = "AliyunECSImageImportDefaultRole";

const states = {
  missing: "does not exist",
  untrusted: "does not trust ECS",
  powerless: "lacks the policy AliyunECSImageImportRolePolicy",
} as const;

/**
 * Sees to it that ECS may read the bucket: the role of the import is ready, or is made so when that was allowed.
 *
 * A key that may not look at roles is no obstacle, since most may not: then the import itself has to tell. A role of another
 * name is left alone.
 *
 * @throws `CLOUD_ROLE_MISSING` when the role is not ready and may not be created.
 */
export async function ensureImportRole(
  cloud: Cloud,
  request: ImportRequest,
  options: ImportOptions,
): Promise<void> {
  if (request.roleName !== undefined && request.roleName !== defaultRole) return;
  const { signal, createRole = false } = options;
  try {
    const role = await retrying(options, () => cloud.access.describeImportRole(signal));
    if (role.state === "ready") return;
    if (!createRole) {
      throw new SampanError(
        "CLOUD_ROLE_MISSING",
        `importing ${request.name} in ${request.region}: the role ${role.name} ${states[role.state]}`,
        {
          details: { role: role.name, state: role.state },
        },
      );
    }
    options.onNote?.(`creating the role ${role.name}`);
    await retrying(options, () => cloud.access.createImportRole(signal));
    options.onRoleCreated?.(role.name);
  } catch (error) {
    if (!isSampanError(error, "CLOUD_PERMISSION_DENIED") || createRole) throw error;
    options.onNote?.(
      "this key may not look at roles; the import itself will tell whether ECS may read the bucket",
    );
  }
}
