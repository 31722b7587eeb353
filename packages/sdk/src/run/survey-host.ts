import { isSampanError } from "@sampan/core";
import { type HostSurvey, openLocalShell, type Shell, surveyLinux } from "@sampan/host";
import type { SourceOf, SourceSpec } from "../plan/sources.ts";
import { accessOf, type OpenHostOptions, openHost } from "./open-host.ts";
import { openShell } from "./open-live-host.ts";
import { withoutSudo } from "./without-sudo.ts";

/** What a look at a host found. */
export interface SurveyedHost {
  /** Of a Linux that runs; `null` of everything else, which was reached and could be opened. */
  readonly linux: HostSurvey | null;
}

/**
 * Reaches the host of a source and looks at it without changing anything.
 *
 * @throws what opening it throws: `HOST_UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_LOGIN_REFUSED` and those of its kind.
 *
 * @example
 * ```ts
 * const { linux } = await surveyHost({ kind: "ssh", host: "web-01" });
 * if (linux?.root === "refused") console.log(`${linux.user} may not become root`);
 * ```
 */
export async function surveyHost(source: SourceSpec, options: OpenHostOptions = {}): Promise<SurveyedHost> {
  if (source.kind === "ssh" || source.kind === "local") {
    const linux = await linuxOf(source, options);
    if (linux !== undefined) return { linux };
  }
  const host = await openHost(source, options);
  try {
    await host.disks(options.signal);
    return { linux: null };
  } finally {
    await host.close();
  }
}

/** The survey of a Linux; `undefined` where something else answers, such as a Windows. */
async function linuxOf(
  source: SourceOf<"ssh"> | SourceOf<"local">,
  options: OpenHostOptions,
): Promise<HostSurvey | undefined> {
  let shell: Shell | undefined;
  try {
    shell =
      source.kind === "local"
        ? openLocalShell()
        : await openShell(source, await accessOf(source, source.passwordFrom, options));
    const survey = await surveyLinux(source.sudo === "never" ? withoutSudo(shell) : shell, options.signal);
    return survey.kernel.startsWith("Linux") ? survey : undefined;
  } catch (error) {
    if (isSampanError(error, "HOST_ANSWER_INVALID")) return undefined;
    throw error;
  } finally {
    await shell?.close();
  }
}
