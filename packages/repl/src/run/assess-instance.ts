import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudIdentity, type ExitCode, type Finding, isSampanError, SampanError } from "@sampan/core";
import { chooseCloud, createEmbeddedRunner, Migration, type SourceSpec, sourceTitle } from "@sampan/sdk";
import { type CommandCall, optionText } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { say, translated } from "../language/speech.ts";
import { printFindings, verdictOf } from "../render/assessment.ts";
import { rehearsalNotice } from "../render/messages.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { catchInterrupts } from "./interrupts.ts";

/** Options that are about disks and their guests, of which nothing is looked at on an instance. */
const aboutDisks = ["profile", "origin", "sendAs", "bandwidth", "hosts", "sarif", "disk"] as const;

/**
 * `sampan assess ecs://REGION/INSTANCE`: judges an instance by what ECS tells of it, as the first stage of a plan does. Changes nothing
 * in an account, and leaves no run behind.
 */
export async function assessInstance(
  call: CommandCall,
  source: Extract<SourceSpec, { readonly kind: "ecs" }>,
  accept: Readonly<Record<string, string>>,
): Promise<ExitCode> {
  const { options, env, output } = call;
  const target = sourceTitle(source);
  const needless = aboutDisks.find((name) => options[name] !== undefined);
  if (needless !== undefined) {
    const flag = needless.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new SampanError("COMMAND_USAGE", `--${flag} says nothing of ${target}, whose disks are not read`, {
      hint: "Leave it out. The account is chosen by --account.",
    });
  }
  const cloud = chooseCloud({
    flag: optionText(options, "cloud"),
    profile: optionText(options, "account"),
    configured: call.configured,
    env,
  });
  const home = await mkdtemp(join(tmpdir(), "sampan-assess-"));
  try {
    const looked = await look(Migration.from(source).assess({ accept }).plan(), { home, cloud });
    const verdict = verdictOf(looked.findings);
    if (output.asJson) {
      output.json({
        target,
        verdict: verdict.name,
        cloud: looked.cloud,
        findings: looked.findings,
        notes: looked.notes,
      });
      return verdict.exitCode;
    }
    const where =
      looked.cloud?.rehearsal === true ? "simulator (rehearsal)" : (looked.cloud?.name ?? "unknown");
    output.data(
      plainText(
        pairLines([
          ["instance", target],
          ["cloud", where],
        ]),
      ),
    );
    output.data("");
    printFindings(output, looked.findings);
    for (const note of looked.notes) output.data(oneLine(say("assess.note", { note: translated(note) })));
    output.data(verdict.words);
    if (looked.cloud?.rehearsal === true) output.talk(output.talkColours.magenta(rehearsalNotice));
    return verdict.exitCode;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs a plan that only looks, in a home of its own; blockers are what was asked for, and no failure. */
async function look(
  plan: ReturnType<ReturnType<typeof Migration.from>["plan"]>,
  where: Parameters<typeof createEmbeddedRunner>[0],
) {
  const findings: Finding[] = [];
  const notes: string[] = [];
  let cloud: CloudIdentity | null = null;
  const handle = createEmbeddedRunner(where).start(plan);
  const release = catchInterrupts((reason) => handle.cancel(reason));
  const watched = new Promise<void>((resolve) => {
    handle.events.subscribe({
      next: (event) => {
        if (event.type === "run.started") cloud = event.cloud;
        if (event.type === "finding") findings.push(event.finding);
        if (event.type === "log" && event.stage !== null) notes.push(event.message);
      },
      complete: resolve,
      error: () => resolve(),
    });
  });
  try {
    await handle.result;
  } catch (error) {
    if (!isSampanError(error, "GUEST_BLOCKED")) throw error;
  } finally {
    release();
  }
  await watched;
  return { findings, notes, cloud: cloud as CloudIdentity | null };
}
