import { SampanError } from "@sampan/core";
import type { Shell } from "@sampan/host";

/**
 * A shell that takes no `sudo`: what has to run as root runs where the user is root already, and is refused with
 * `HOST_ROOT_REFUSED` where not.
 */
export function withoutSudo(shell: Shell): Shell {
  let asked: Promise<boolean> | undefined;
  const isRoot = async (): Promise<boolean> => {
    const { stdout } = await shell.run(["id", "-u"]);
    return new TextDecoder().decode(stdout).trim() === "0";
  };
  async function assertAllowed({ asRoot }: { readonly asRoot?: boolean } = {}): Promise<void> {
    if (asRoot !== true) return;
    asked ??= isRoot();
    asked.catch(() => {
      // The next command asks anew.
      asked = undefined;
    });
    if (await asked) return;
    throw new SampanError(
      "HOST_ROOT_REFUSED",
      `running a command as root on ${shell.title}: the user is not root, and the source says \`sudo: "never"\``,
    );
  }
  return {
    title: shell.title,
    async run(argv, options) {
      await assertAllowed(options);
      return shell.run(argv, options);
    },
    async script(script, args, options) {
      await assertAllowed(options);
      return shell.script(script, args, options);
    },
    async start(argv, options) {
      await assertAllowed(options);
      return shell.start(argv, options);
    },
    async startScript(script, args, options) {
      await assertAllowed(options);
      return shell.startScript(script, args, options);
    },
    close: () => shell.close(),
  };
}
