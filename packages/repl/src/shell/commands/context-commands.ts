import { SampanError } from "@sampan/core";
import { say, translated } from "../../language/speech.ts";
import { knownProfiles } from "../../run/known-profiles.ts";
import { closestNames } from "../../terminal/closest-names.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { formatTable } from "../../terminal/table.ts";
import type { ShellSession } from "../session.ts";
import { clouds, contextVariables, shellContext } from "../shell-context.ts";
import { viewHeads } from "../views/list-views.ts";
import type { ColonCommand } from "./colon-command.ts";

/** Commands about where what is typed takes effect. */
export const contextCommands: readonly ColonCommand[] = [
  {
    name: "cloud",
    usage: "[simulator|alibaba]",
    summary: "colon.cloud",
    run: async (session, [name]) => {
      const { call, output } = session;
      if (name === undefined) return sayContext(session);
      if (!clouds.some((one) => one === name)) {
        throw new SampanError(
          "COMMAND_USAGE",
          `choosing the cloud: ${oneLine(JSON.stringify(name))} is none`,
          {
            hint: `Use one of ${clouds.join(" or ")}.`,
          },
        );
      }
      call.env[contextVariables.cloud] = name;
      if (name === "alibaba") await sayAccount(session);
      else output.talk(say("context.rehearses"));
    },
  },
  {
    name: "profile",
    usage: "[NAME]",
    summary: "colon.profile",
    run: async (session, [name]) => {
      const { call, output } = session;
      const profiles = knownProfiles(call.env);
      if (name === undefined) {
        if (profiles.length === 0) return output.talk(say("context.no-profiles"));
        const { profile } = shellContext({ ...call.env, [contextVariables.cloud]: "alibaba" });
        const rows = profiles.map((one) => [one.name === profile ? "*" : "", one.name, one.region]);
        return output.data(formatTable(["", ...viewHeads(["profile", "region"])], rows, { borders: false }));
      }
      if (!profiles.some((one) => one.name === name)) {
        const names = profiles.map((one) => one.name);
        const near = closestNames(name, names);
        throw new SampanError("COMMAND_USAGE", `choosing a profile: there is none called ${oneLine(name)}`, {
          hint:
            near.length > 0
              ? `Did you mean ${near.map(oneLine).join(" or ")}?`
              : `There ${names.length === 0 ? "are none" : `are ${names.map(oneLine).join(", ")}`}.`,
        });
      }
      call.env[contextVariables.profile] = name;
      if (shellContext(call.env).rehearsal) {
        output.talk(say("context.kept"));
      } else await sayAccount(session);
    },
  },
  {
    name: "region",
    usage: "[ID]",
    summary: "colon.region",
    run: (session, [region]) => {
      if (region === undefined) return sayContext(session);
      if (!/^[a-z]{2}(-[a-z]+)+(-\d+)?$/.test(region)) {
        throw new SampanError(
          "COMMAND_USAGE",
          `choosing a region: ${oneLine(JSON.stringify(region))} is no id of one`,
          {
            hint: "`regions()` lists them.",
          },
        );
      }
      session.call.env[contextVariables.region] = region;
    },
  },
];

function sayContext({ call, output }: ShellSession): void {
  const { cloud, rehearsal, profile, region } = shellContext(call.env);
  const words = [
    rehearsal ? say("context.rehearsal") : say("context.account", { cloud: oneLine(cloud) }),
    ...(profile === null ? [] : [say("context.profile", { profile: oneLine(profile) })]),
    say("context.region", { region: oneLine(region) }),
  ];
  output.data(words.join(" · "));
}

/** Says whose credentials are used from now on; when there are none it fails, and the prompt says so all the same. */
async function sayAccount({ call, output }: ShellSession): Promise<void> {
  const { findCloudCredentials, chooseCloud } = await import("@sampan/sdk");
  output.talk(output.talkColours.yellow(say("shell.real-account-from-now")));
  const found = await findCloudCredentials(chooseCloud({ env: call.env }), call.env);
  const source = oneLine(translated(found.source));
  output.talk(
    found.keyId === undefined
      ? say("context.credentials", { source })
      : say("context.credentials-key", { source, key: oneLine(found.keyId) }),
  );
  for (const warning of found.warnings) {
    output.talk(say("context.warning", { warning: oneLine(translated(warning)) }));
  }
}
