import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { serviceScript } from "./service-script.ts";

/** A service of a host as it is now. */
export interface ServiceState {
  /** The name it is installed under. */
  readonly name: string;
  /** What starts it. */
  readonly kind: "systemd" | "upstart" | "openrc" | "sysv";
  readonly active: boolean;
  readonly enabled: boolean;
}

/** Finds the first service that is installed under one of the names; `undefined` when none is. */
export async function lookAtService(
  shell: Shell,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ServiceState | undefined> {
  const { exitCode, stdout, stderr } = await shell.script(serviceScript, ["look", ...names], {
    asRoot: true,
    maxOutputBytes: 64 * 1024,
    ...(signal && { signal }),
  });
  const said = Buffer.from(stdout).toString("utf8").trim();
  if (exitCode === 0 && said === "") return undefined;
  const [, name, kind, active, enabled] =
    /(?:^|\n)([\w.@-]{1,64}) (systemd|upstart|openrc|sysv) (active|inactive) (enabled|disabled)$/.exec(
      said,
    ) ?? [];
  if (exitCode !== 0 || name === undefined || !names.includes(name)) {
    throw new SampanError(
      "HOST_SHARE_FAILED",
      `looking for the service ${names.join(" or ")} on ${shell.title}: exit code ${exitCode}, ${stderr || "an answer that is not understood"}`,
    );
  }
  return {
    name,
    kind: kind as ServiceState["kind"],
    active: active === "active",
    enabled: enabled === "enabled",
  };
}

/** Starts, stops, reloads, enables or disables a service. `HOST_SHARE_FAILED` when the host's own program says so. */
export async function changeService(
  shell: Shell,
  action: "start" | "stop" | "reload" | "enable" | "disable",
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const { exitCode, stderr } = await shell.script(serviceScript, [action, name], {
    asRoot: true,
    ...(signal && { signal }),
  });
  if (exitCode === 0) return;
  throw new SampanError(
    "HOST_SHARE_FAILED",
    `${gerunds[action]} the service ${name} on ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
  );
}

const gerunds = {
  start: "starting",
  stop: "stopping",
  reload: "reloading",
  enable: "enabling",
  disable: "disabling",
} as const;
