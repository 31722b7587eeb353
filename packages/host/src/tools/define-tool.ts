import { isSampanError, SampanError } from "@sampan/core";
import { Observable, type Subscriber } from "rxjs";
import { plainText } from "../connection/plain-text.ts";
import type { Argv } from "../connection/shell.ts";
import { assertPath } from "./paths.ts";
import type { Tool, ToolConsent, ToolEvent, ToolRun, ToolTask, Unsuitable } from "./tool.ts";

/** What is special about a tool; the rest is the same for all. */
export interface ToolDefinition
  extends Pick<Tool, "name" | "title" | "systems" | "page" | "usedFor" | "instead" | "canDo"> {
  /** Names or paths of its program, the likeliest first. */
  readonly programs: readonly string[];
  /** Arguments with which it says its version, and where in what it says that stands. */
  readonly versionBy?: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** A switch by which it is told that its licence is accepted. */
  readonly licenceSwitch?: string;
  /** Arguments of a task that it can do, whose paths are sound. */
  args(task: ToolTask): readonly string[];
  /** Reads the fraction out of what it says while it works. */
  fractionOf?(said: string): number | undefined;
  /** What a failure means where more is known than the tool says. */
  readonly failures?: readonly { readonly pattern: RegExp; readonly hint: string }[];
  /** Exit codes of success besides 0. */
  readonly goodExits?: readonly number[];
}

/** What is kept of what a tool says. */
const keptCharacters = 8192;

/** Makes a tool out of what is special about it. */
export function defineTool(definition: ToolDefinition): Tool {
  const {
    name,
    title,
    systems,
    programs,
    versionBy,
    licenceSwitch,
    failures = [],
    goodExits = [],
  } = definition;

  const tool: Tool = {
    name,
    title,
    systems,
    page: definition.page,
    usedFor: definition.usedFor,
    instead: definition.instead,
    canDo: (task) => definition.canDo(task),

    async find(place, signal) {
      if (!systems.includes(place.system)) return undefined;
      for (const program of programs) {
        const found = await place.find(program, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },

    async version(place, program, signal) {
      if (versionBy === undefined) return undefined;
      const options = { timeoutMs: 20_000, maxOutputBytes: 256 * 1024, ...(signal && { signal }) };
      const { stdout, stderr } = await place.run([program, ...versionBy.args], options);
      const said = `${plainText(new TextDecoder().decode(stdout))}\n${stderr}`;
      return versionBy.pattern.exec(said.slice(0, keptCharacters))?.[1];
    },

    command(task, program, consent: ToolConsent = {}): Argv {
      refuse(title, definition.canDo(task));
      // A tool for both systems gets paths of the one its program lies on.
      const system = systems.length === 1 ? (systems[0] ?? "linux") : systemOf(program);
      for (const path of pathsOf(task)) assertPath(path, system);
      assertPath(program, system);
      if (licenceSwitch === undefined) return [program, ...definition.args(task)];
      if (consent.acceptLicence !== true) {
        throw new SampanError("HOST_TOOL_LICENCE", `running ${title}, whose licence nobody has accepted`, {
          hint: `Read it at ${definition.page}; when you accept it, say so with \`acceptLicence: true\`.`,
        });
      }
      return [program, licenceSwitch, ...definition.args(task)];
    },

    run: (task, run) =>
      new Observable<ToolEvent>((subscriber) => {
        const stop = new AbortController();
        drive(tool, definition, task, run, subscriber, stop.signal).then(
          () => subscriber.complete(),
          (error: unknown) => subscriber.error(error),
        );
        return () => stop.abort();
      }),

    explainExit(exitCode, said) {
      if (exitCode === 0 || goodExits.includes(exitCode)) return undefined;
      const last = plainText(said)
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-3)
        .join("; ");
      const known = failures.find(({ pattern }) => pattern.test(said.slice(-keptCharacters)));
      const found = last === "" ? `it ended with ${exitCode}` : last.slice(0, 400);
      return new SampanError("HOST_TOOL_FAILED", `running ${title}: ${found}`, {
        details: { tool: name, exitCode },
        ...(known && { hint: known.hint }),
      });
    },
  };
  return tool;
}

function pathsOf(task: ToolTask): readonly string[] {
  return task.kind === "convert" ? [task.source, task.destination] : [task.destination];
}

function systemOf(program: string): "linux" | "windows" {
  return program.startsWith("/") ? "linux" : "windows";
}

function refuse(title: string, reason: Unsuitable | undefined): void {
  if (reason === undefined) return;
  throw new SampanError("HOST_TOOL_UNSUITABLE", `running ${title}: ${reason.why}`, { hint: reason.instead });
}

async function drive(
  tool: Tool,
  definition: ToolDefinition,
  task: ToolTask,
  { place, program: given, pollMs = 1_000, acceptLicence }: ToolRun,
  subscriber: Subscriber<ToolEvent>,
  signal: AbortSignal,
): Promise<void> {
  const program = given ?? (await tool.find(place, signal));
  if (program === undefined) {
    throw new SampanError(
      "HOST_TOOL_MISSING",
      `looking for ${tool.title} on ${place.title}: it is not there`,
      {
        hint: `Install it (${tool.page}), or leave the tool out: ${tool.instead}`,
      },
    );
  }
  const argv = tool.command(task, program, acceptLicence === undefined ? {} : { acceptLicence });
  if ((await place.sizeOf(task.destination, signal)) !== undefined) {
    throw new SampanError(
      "IMAGE_TARGET_EXISTS",
      `writing ${task.destination} by ${tool.title}: it is there already`,
      {
        details: { path: task.destination },
      },
    );
  }
  try {
    subscriber.next({ type: "started", argv });
    const { exitCode, said } = await watch(definition, task, argv, { place, pollMs }, subscriber, signal);
    const failed = tool.explainExit(exitCode, said);
    if (failed !== undefined) throw failed;
    const sizeBytes = await place.sizeOf(task.destination, signal);
    if (sizeBytes === undefined) {
      throw new SampanError(
        "HOST_TOOL_FAILED",
        `running ${tool.title}: it ended well and wrote no ${task.destination}`,
        {
          details: { tool: tool.name, exitCode },
        },
      );
    }
    subscriber.next({ type: "finished", sizeBytes });
  } catch (error) {
    // Half an image must not be taken for a whole one.
    await place.remove(task.destination).catch(() => undefined);
    throw error;
  }
}

/** Runs the command and tells how far it is: by what it says, or else by the size of the image. */
async function watch(
  definition: ToolDefinition,
  task: ToolTask,
  argv: Argv,
  { place, pollMs }: { readonly place: ToolRun["place"]; readonly pollMs: number },
  subscriber: Subscriber<ToolEvent>,
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly said: string }> {
  const running = await place.start(argv, { signal });
  running.stdin.on("error", () => undefined);
  running.stdin.end();
  let said = "";
  const decoder = new TextDecoder();
  running.stdout.on("data", (part: Uint8Array) => {
    said = (said + decoder.decode(part, { stream: true })).slice(-keptCharacters);
  });
  running.stdout.on("error", () => undefined);
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    // A share that does not answer for a moment is no failure of the tool.
    const writtenBytes = (await place.sizeOf(task.destination, signal).catch(() => undefined)) ?? null;
    const bySize =
      writtenBytes !== null && task.sourceBytes ? Math.min(1, writtenBytes / task.sourceBytes) : null;
    const fraction = definition.fractionOf?.(said) ?? bySize;
    if (!signal.aborted) subscriber.next({ type: "progress", writtenBytes, fraction });
    looking = false;
  };
  const timer = setInterval(() => void look(), pollMs);
  try {
    const { exitCode, stderr } = await running.ended;
    return { exitCode, said: `${said}\n${stderr}` };
  } catch (error) {
    running.kill();
    if (isSampanError(error)) throw error;
    throw new SampanError("HOST_TOOL_FAILED", `running ${definition.title}: ${String(error).slice(0, 200)}`, {
      cause: error,
    });
  } finally {
    clearInterval(timer);
  }
}
