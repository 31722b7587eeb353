/** What a console tells of a boot. */
export interface ConsoleVerdict {
  /** `undecided` while neither a sign of life nor one of death has been written. */
  readonly verdict: "booted" | "failed" | "undecided";
  /** What was recognised, in a few words; `null` while undecided. */
  readonly reason: string | null;
  /** The line that decided and what came before it, at most six; the last lines while undecided. */
  readonly lines: readonly string[];
}

type Sign = readonly [pattern: RegExp, reason: string];

/* Each pattern is one pass over one line, and a line is cut at 500 characters: what a guest writes is foreign text. */

const lifeSigns: readonly Sign[] = [
  [/\blogin:\s*$/, "a login prompt"],
  [
    /Reached target (?:\S+ - )?(?:Multi-User System|Graphical Interface|Login Prompts)/,
    "the system's last target",
  ],
  [/Cloud-init v\. \S+ finished/, "the end of cloud-init"],
];

const deathSigns: readonly Sign[] = [
  [/Kernel panic - not syncing/, "a kernel panic"],
  [/VFS: Unable to mount root fs/, "a kernel that cannot mount its root"],
  [/^\(initramfs\)/, "a shell of the initramfs"],
  [/ALERT!.*does not exist\.\s*Dropping to a shell/, "a root device that does not exist"],
  [/dracut.*(?:Could not boot|FATAL:)/, "dracut, which found no root"],
  [/^dracut:\/#|Entering emergency mode\. Exit the shell to continue/, "dracut's emergency shell"],
  [/You are in (?:emergency|rescue) mode|Give root password for maintenance/, "systemd's emergency mode"],
  [/^grub rescue>/, "GRUB's rescue prompt"],
  [/^grub>/, "GRUB's prompt: it found no configuration"],
  [
    /^error: (?:no such (?:partition|device)|unknown filesystem|file .* not found)/,
    "GRUB, which lacks something",
  ],
  [
    /No bootable device|not a bootable disk|Operating System not found|Missing operating system/i,
    "a firmware that finds nothing to boot",
  ],
];

const longestLine = 500;
const mostLines = 20_000;
const contextLines = 5;

/** Judges what a Linux instance wrote to its console; of several signs the last decides. */
export function judgeConsole(text: string): ConsoleVerdict {
  const lines = linesOf(text);
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? "";
    const excerpt = () => lines.slice(Math.max(0, index - contextLines), index + 1);
    const death = deathSigns.find(([pattern]) => pattern.test(line));
    if (death !== undefined) return { verdict: "failed", reason: death[1], lines: excerpt() };
    const life = lifeSigns.find(([pattern]) => pattern.test(line));
    if (life !== undefined) return { verdict: "booted", reason: life[1], lines: excerpt() };
  }
  return { verdict: "undecided", reason: null, lines: lines.slice(-contextLines - 1) };
}

/** The last lines of a console without what only moves a cursor or colours it. */
function linesOf(text: string): string[] {
  const recent = text.slice(-1024 * 1024);
  return (
    recent
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals begin with one.
      .replace(/\u001b(?:\[[0-9;?]{0,20}[A-Za-z]|[()][A-Z0-9]|[=>78c])/g, "")
      .split(/\r\n|[\r\n]/)
      .map((line) =>
        line
          .slice(0, longestLine)
          .replace(/[^\P{Cc}\t]/gu, "")
          .trimEnd(),
      )
      .filter((line) => line !== "")
      .slice(-mostLines)
  );
}
