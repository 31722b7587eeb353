import { formatBytes, isSampanError, MiB } from "@sampan/core";
import { type HostSurvey, surveyedTools } from "@sampan/host";
import { type CheckTask, type DoctorWorld, type Finding, failed, good, note, warning } from "./check.ts";

const limitMs = 120_000;
/** What preparing a host and its initramfs writes at most, with room to spare. */
const smallBytes = 64 * MiB;

/** The host that was asked about: reached, known, logged in to, with rights, tools and room. */
export function hostTasks({ host }: DoctorWorld): readonly CheckTask[] {
  if (host === undefined) return [];
  const { title, survey } = host;
  return [
    {
      group: "host",
      name: title,
      limitMs,
      run: async (signal) => {
        try {
          const { linux } = await survey(signal);
          return [...reached(title), ...(linux === null ? [] : linuxFindings(linux))];
        } catch (error) {
          if (!isSampanError(error)) throw error;
          return refusals(title, error.code, error.message, error.hint);
        }
      },
    },
  ];
}

function reached(title: string): readonly Finding[] {
  return [
    good("reached", title),
    ...(title.startsWith("ssh:") ? [good("host key", "known")] : []),
    good("login", "accepted"),
  ];
}

/** What came before the step that failed is good; what comes after it nobody knows. */
function refusals(title: string, code: string, message: string, hint: string): readonly Finding[] {
  const [isReached, isKnown, isLoggedIn] = reached(title);
  const before = (...ones: readonly (Finding | undefined)[]) => ones.filter((one) => one !== undefined);
  switch (code) {
    case "HOST_KEY_UNKNOWN":
      return [...before(isReached), failed("host key", message, hint)];
    case "HOST_LOGIN_REFUSED":
    case "HOST_PASSWORD_MISSING":
      return [
        ...before(isReached, isLoggedIn === undefined ? undefined : isKnown),
        failed("login", message, hint),
      ];
    case "HOST_ROOT_REFUSED":
      return [...reached(title), failed("root", message, hint)];
    default:
      return [failed("reached", `${code}: ${message}`, hint)];
  }
}

function linuxFindings({ user, kernel, root, tools, agents, free }: HostSurvey): readonly Finding[] {
  const missing = surveyedTools.needed.filter((tool) => !tools.includes(tool));
  const helpful = surveyedTools.helpful.filter((tool) => tools.includes(tool));
  const tight = free.filter(({ bytes }) => bytes < smallBytes);
  return [
    good("system", kernel),
    root === "refused"
      ? failed(
          "root",
          `${user} is not root, and may not become it without being asked for a password`,
          `Log in as root, pass --password-from ask, or on the host: echo '${user} ALL=(ALL) NOPASSWD: ALL' | EDITOR='tee -a' visudo`,
        )
      : good("root", root === "user" ? `${user}, who is root` : `${user} becomes root by sudo or doas`),
    missing.length === 0
      ? good("tools", [...surveyedTools.needed, ...helpful].join(", "))
      : failed("tools", `missing: ${missing.join(", ")}`, "On the host: apt-get install coreutils"),
    note("agents", agents.length === 0 ? "none found" : agents.join(", ")),
    tight.length === 0
      ? good(
          "free space",
          free.map(({ folder, bytes }) => `${folder} ${formatBytes(bytes)}`).join(", ") || "not told",
        )
      : warning(
          "free space",
          tight.map(({ folder, bytes }) => `only ${formatBytes(bytes)} in ${folder}`).join(", "),
          "Free some space on the host before it is prepared or captured there.",
        ),
  ];
}
