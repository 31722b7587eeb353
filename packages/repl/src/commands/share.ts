import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type ExitCode, SampanError, Secret } from "@sampan/core";
import {
  applySteps,
  mountShare,
  nfsShare,
  openLocalShell,
  openSshShell,
  previewSteps,
  readShareRecords,
  recordedNames,
  recordedWork,
  type ShareWork,
  type Shell,
  type StepReport,
  shareHints,
  smbShare,
  undoSteps,
} from "@sampan/host";
import { readSecret, sourceTitle } from "@sampan/sdk";
import { argument, type CommandCall, type CommandFunction, optionSet, optionText } from "../command-call.ts";
import { hostSource } from "../disk/host-source.ts";
import { listed, say, translated } from "../language/speech.ts";
import { confirmHostChange } from "../run/confirm.ts";
import { secretAsker } from "../terminal/ask-secret.ts";
import { oneLine } from "../terminal/plain-text.ts";

/**
 * `sampan share setup|mount|remove|status TARGET …`: shares a folder of a conversion host by NFS or SMB, mounts a share on the
 * migrated host, takes back what was made, tells what is there. Every step is shown and asked for before.
 */
export const run: CommandFunction = async (call) => {
  const action = argument(call, 0);
  const target = argument(call, 1);
  const perform = actions[action as keyof typeof actions];
  if (perform === undefined) {
    throw new SampanError("COMMAND_USAGE", `sharing: there is no ${JSON.stringify(action)}`, {
      hint: "setup, mount, remove or status: `sampan share setup ssh://root@convert-01 /srv/images --for 192.0.2.7`.",
    });
  }
  const shell = await openTarget(call, target);
  try {
    return await perform(call, shell);
  } finally {
    await shell.close();
  }
};

const actions = { setup, mount, remove, status };

async function openTarget(call: CommandCall, target: string): Promise<Shell> {
  const isLocal = /^local(:\/\/)?$/.test(target);
  const source =
    isLocal || /^ssh:/i.test(target) ? await hostSource(call, isLocal ? "local://" : target) : undefined;
  if (source?.kind === "local") return openLocalShell();
  if (source?.kind === "ssh") {
    const { host, user, port, identityFile, configFile, passwordFrom } = source;
    const ask = secretAsker(call);
    const world = { env: call.env, ...(ask === undefined ? {} : { ask }) };
    const sudoPassword = passwordFrom && (await readSecret(passwordFrom, sourceTitle(source), world));
    return openSshShell(
      {
        host,
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port }),
        ...(identityFile === undefined ? {} : { identityFile }),
        ...(configFile === undefined ? {} : { configFile }),
        ...(sudoPassword === undefined ? {} : { sudoPassword }),
      },
      { asksOnTerminal: ask !== undefined },
    );
  }
  throw new SampanError(
    "COMMAND_USAGE",
    `opening ${JSON.stringify(target)}: shares are made on this machine and over SSH`,
    {
      hint: "Give `local`, or `ssh://root@convert-01`.",
    },
  );
}

async function setup(call: CommandCall, shell: Shell): Promise<ExitCode> {
  const { options } = call;
  const folder = required(
    call,
    2,
    "the folder to share",
    "sampan share setup TARGET /srv/images --for 192.0.2.7",
  );
  const kind = optionText(options, "kind") ?? "nfs";
  const name = optionText(options, "name");
  const common = { folder, install: optionSet(options, "install"), ...(name === undefined ? {} : { name }) };
  if (kind === "smb") {
    return make(call, smbShare(shell, { ...common, ...(await login(call)) }));
  }
  const client = optionText(options, "for");
  if (client === undefined) {
    throw new SampanError("COMMAND_USAGE", "sharing by NFS: who may mount is not said", {
      hint: "`--for` takes the migrated host's address; `--for '*'` lets everybody in, as root.",
    });
  }
  return make(call, nfsShare(shell, { ...common, client }));
}

async function mount(call: CommandCall, shell: Shell): Promise<ExitCode> {
  const example = "sampan share mount TARGET convert-01:/srv/images --at /mnt/store";
  const from = required(call, 2, "what to mount", example);
  const at = optionText(call.options, "at") ?? "/mnt/sampan";
  const mountOptions = optionText(call.options, "mountOptions");
  const install = optionSet(call.options, "install");
  const more = mountOptions === undefined ? {} : { mountOptions };
  return make(call, mountShare(shell, { from, at, install, ...more, ...(await login(call)) }));
}

/** Shows the steps, asks, and takes them. */
async function make(call: CommandCall, work: ShareWork): Promise<ExitCode> {
  const { output } = call;
  const { shell, key } = work;
  const preview = await previewSteps(work);
  const needed = preview.filter(({ state }) => state !== "already");
  const dryRun = optionSet(call.options, "dryRun");
  if (!output.asJson) for (const one of preview) output.talk(previewLine(one));
  const refused = preview.some(({ state }) => state === "refused");
  if (dryRun) {
    if (output.asJson) output.json({ target: shell.title, share: key, dryRun, steps: preview });
    else output.talk("dry run: nothing was done");
    return refused ? 1 : 0;
  }
  if (!refused && needed.length > 0) {
    await confirmHostChange(
      call,
      shell.title,
      needed.map(({ text }) => oneLine(text)),
    );
  }
  const steps = await applySteps(work, { onStep: (one) => output.talk(doneLine(one)) });
  const hints = work.kind === "mount" ? [] : await shareHints(shell, work.kind);
  if (output.asJson) output.json({ target: shell.title, share: key, dryRun, steps, hints });
  else {
    for (const hint of hints) output.talk(say("assess.note", { note: oneLine(translated(hint)) }));
    output.talk(`\`sampan share remove\` takes back what was made: ${oneLine(key)}`);
  }
  return hints.length > 0 ? 3 : 0;
}

async function remove(call: CommandCall, shell: Shell): Promise<ExitCode> {
  const { output } = call;
  const records = await readShareRecords(shell);
  const keys = recordedNames(records, call.args[2], shell.title);
  const works = keys.flatMap((key) => {
    const record = records[key];
    return record === undefined
      ? []
      : [{ work: recordedWork(shell, key, record), made: Object.keys(record.made) }];
  });
  const lines = works.map(({ work, made }) =>
    oneLine(
      made.length === 0
        ? say("share.remove-nothing", { share: work.key })
        : say("share.remove", { share: work.key, made: listed(made) }),
    ),
  );
  const dryRun = optionSet(call.options, "dryRun");
  if (dryRun || works.length === 0) {
    if (output.asJson) output.json({ target: shell.title, dryRun, removed: [], would: keys });
    else if (works.length === 0) output.talk(`nothing of Sampan's is on ${oneLine(shell.title)}`);
    else for (const line of lines) output.data(say("share.would", { what: line }));
    return 0;
  }
  await confirmHostChange(call, shell.title, lines);
  const removed: { share: string; steps: readonly StepReport[] }[] = [];
  for (const { work } of works) {
    const steps = await undoSteps(work, { onStep: (one) => output.talk(doneLine(one)) });
    removed.push({ share: work.key, steps });
  }
  if (output.asJson) output.json({ target: shell.title, dryRun, removed });
  return 0;
}

async function status(call: CommandCall, shell: Shell): Promise<ExitCode> {
  const { output } = call;
  const found: { share: string; steps: readonly StepReport[] }[] = [];
  for (const [key, record] of Object.entries(await readShareRecords(shell))) {
    const work = recordedWork(shell, key, record);
    // Writing there is no looking, and a password that is missing here is not missing there.
    const steps = (await previewSteps(work)).filter(({ id }) => id !== "writable");
    found.push({ share: key, steps });
  }
  if (output.asJson) output.json({ target: shell.title, shares: found });
  else if (found.length === 0) output.talk(`nothing of Sampan's is on ${oneLine(shell.title)}`);
  else {
    for (const { share, steps } of found) {
      output.data(oneLine(share));
      for (const one of steps) output.data(`  ${previewLine(one)}`);
    }
  }
  return found.every(({ steps }) => steps.every(({ state }) => state === "already")) ? 0 : 3;
}

function previewLine({ title, state, text, hint }: StepReport): string {
  const told = { step: translated(title), text: translated(text) };
  const line = say(
    state === "already" ? "step.already" : state === "refused" ? "step.refused" : "step.would",
    told,
  );
  return oneLine(hint === undefined ? line : `${line} ${translated(hint)}`);
}

function doneLine({ title, state, text }: StepReport): string {
  const told = { step: translated(title), text: translated(text) };
  return oneLine(say(state === "already" ? "step.already" : "step.done", told));
}

function required(call: CommandCall, index: number, what: string, example: string): string {
  const value = call.args[index];
  if (value !== undefined) return value;
  throw new SampanError("COMMAND_USAGE", `sharing: ${what} is not said`, { hint: `\`${example}\`` });
}

/** Who uses an SMB share, and the password from a file or from standard input: never from the command line. */
async function login(call: CommandCall): Promise<{ readonly user?: string; readonly password?: Secret }> {
  const user = optionText(call.options, "user");
  const file = optionText(call.options, "passwordFile");
  const named = user === undefined ? {} : { user };
  if (file === undefined) return named;
  const text = file === "-" ? await readStandardInput() : await readPasswordFile(resolve(call.cwd, file));
  return { ...named, password: new Secret(text.replace(/\r?\n$/, "")) };
}

const maxPasswordLength = 1024;

async function readPasswordFile(path: string): Promise<string> {
  const doing = `reading the password from ${path}`;
  try {
    // As ssh does with private keys.
    if (((await stat(path)).mode & 0o077) !== 0) {
      throw new SampanError("HOST_PASSWORD_MISSING", `${doing}: others than you may read that file`, {
        hint: "Run `chmod 600` on it.",
      });
    }
    const text = await readFile(path, "utf8");
    if (text.length <= maxPasswordLength) return text;
  } catch (cause) {
    if (cause instanceof SampanError) throw cause;
    throw new SampanError("HOST_PASSWORD_MISSING", `${doing}: it cannot be read`, { cause });
  }
  throw new SampanError(
    "HOST_PASSWORD_MISSING",
    `${doing}: it is longer than ${maxPasswordLength} characters`,
  );
}

async function readStandardInput(): Promise<string> {
  let text = "";
  for await (const part of process.stdin) {
    text += String(part);
    if (text.length > maxPasswordLength) {
      throw new SampanError(
        "HOST_PASSWORD_MISSING",
        `reading the password: it is longer than ${maxPasswordLength} characters`,
      );
    }
  }
  return text;
}
