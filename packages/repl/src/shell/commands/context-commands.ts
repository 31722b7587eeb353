import { SampanError } from "@sampan/core";
import { knownProfiles } from "../../run/known-profiles.ts";
import { closestNames } from "../../terminal/closest-names.ts";
import { oneLine } from "../../terminal/plain-text.ts";
import { formatTable } from "../../terminal/table.ts";
import { realAccountNotice } from "../messages.ts";
import type { ShellSession } from "../session.ts";
import { clouds, contextVariables, shellContext } from "../shell-context.ts";
import type { ColonCommand } from "./colon-command.ts";

/** Commands about where what is typed takes effect. */
export const contextCommands: readonly ColonCommand[] = [
  {
    name: "cloud",
    usage: "[simulator|alibaba]",
    summary: "say which cloud runs and queries use, or choose another from now on",
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
      else output.talk("from now on `.run()` rehearses, and queries ask the simulator");
    },
  },
  {
    name: "profile",
    usage: "[NAME]",
    summary: "list the profiles of ~/.aliyun/config.json, or use another account from now on",
    run: async (session, [name]) => {
      const { call, output } = session;
      const profiles = knownProfiles(call.env);
      if (name === undefined) {
        if (profiles.length === 0) return output.talk("no profiles; `aliyun configure` makes one");
        const { profile } = shellContext({ ...call.env, [contextVariables.cloud]: "alibaba" });
        const rows = profiles.map((one) => [one.name === profile ? "*" : "", one.name, one.region]);
        return output.data(formatTable(["", "profile", "region"], rows, { borders: false }));
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
        output.talk("kept for a real account: `:cloud alibaba` uses it; a rehearsal has accounts of its own");
      } else await sayAccount(session);
    },
  },
  {
    name: "region",
    usage: "[ID]",
    summary:
      "say in which region `images()` looks, or choose another; `images(…)` and plans name theirs themselves",
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
    rehearsal ? "rehearsal in the simulator" : `real account of ${oneLine(cloud)}`,
    ...(profile === null ? [] : [`profile ${oneLine(profile)}`]),
    `region ${oneLine(region)}`,
  ];
  output.data(words.join(" · "));
}

/** Says whose credentials are used from now on; when there are none it fails, and the prompt says so all the same. */
async function sayAccount({ call, output }: ShellSession): Promise<void> {
  const { findCloudCredentials, chooseCloud } = await import("@sampan/sdk");
  output.talk(output.talkColours.yellow(`from now on ${realAccountNotice}`));
  const found = await findCloudCredentials(chooseCloud({ env: call.env }), call.env);
  output.talk(
    `credentials: ${oneLine(found.source)}${found.keyId === undefined ? "" : ` (key ${oneLine(found.keyId)})`}`,
  );
  for (const warning of found.warnings) output.talk(`warning: ${oneLine(warning)}`);
}
