import type { Json } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { changeService, lookAtService } from "./service.ts";
import { changeShareRecords, readShareRecords } from "./share-record.ts";
import type { Step, StepState } from "./step.ts";

/** A service of a share and how it is told from the same service of another. */
export interface ServiceWanted {
  readonly id: string;
  readonly title: string;
  /** Names it is known under, over systems and years. */
  readonly names: readonly string[];
  /** False for one that is a help only: where it is not installed, nothing is missed. */
  readonly required: boolean;
  /** Name of the share in the host's record: another share may go on needing the service. */
  readonly key: string;
  /** Whether somebody besides Sampan's shares uses it now: then it goes on. */
  readonly usedByOthers: (signal?: AbortSignal) => Promise<boolean>;
}

interface Made {
  readonly name: string;
  readonly started: boolean;
  readonly enabled: boolean;
}

/**
 * The step that starts a service, and has it started at boot. Taken back, it is stopped and disabled where it was so before; a
 * service that another share needs goes over to that one.
 */
export function serviceStep(shell: Shell, wanted: ServiceWanted): Step {
  const { id, title, names, required, key } = wanted;
  // Debian's packages start and enable what they bring: what comes by our install is ours to take back.
  let wasMissing = false;
  return {
    id,
    title,
    async look(signal): Promise<StepState> {
      const found = await lookAtService(shell, names, signal);
      if (found === undefined) {
        wasMissing = true;
        return required
          ? { state: "needed", text: `start ${names.join(" or ")}, now and at boot`, made: null }
          : { state: "already", text: "it is not installed, and not needed" };
      }
      const { name, kind, active, enabled } = found;
      if (wasMissing) {
        return {
          state: "needed",
          text: `start ${name}, now and at boot (${kind})`,
          made: { name, started: true, enabled: true },
        };
      }
      if (active && enabled) return { state: "already", text: `${name} runs, and starts at boot (${kind})` };
      const what = [active ? "" : `start ${name}`, enabled ? "" : `have ${name} start at boot`].filter(
        Boolean,
      );
      return {
        state: "needed",
        text: `${what.join(", ")} (${kind})`,
        made: { name, started: !active, enabled: !enabled },
      };
    },
    async apply(signal) {
      const found = await lookAtService(shell, names, signal);
      const name = found?.name ?? (names[0] as string);
      if (found?.active !== true) await changeService(shell, "start", name, signal);
      if (found?.enabled !== true) await changeService(shell, "enable", name, signal);
    },
    async undo(made, signal) {
      if (!isMade(made, names)) return "nothing of it was made by Sampan";
      const { name, started, enabled } = made;
      const others = Object.entries(await readShareRecords(shell, signal)).filter(
        ([other, one]) => other !== key && other.split(":")[0] === key.split(":")[0] && one.kind !== "mount",
      );
      const heir = others[0]?.[0];
      if (heir !== undefined) {
        await changeShareRecords(
          shell,
          (shares) => {
            const record = shares[heir];
            if (record === undefined) return shares;
            const old = record.made[id];
            const whole: Json = isMade(old, names)
              ? { name, started: started || old.started, enabled: enabled || old.enabled }
              : { name, started, enabled };
            return { ...shares, [heir]: { ...record, made: { ...record.made, [id]: whole } } };
          },
          signal,
        );
        return `kept ${name}: ${heir} needs it`;
      }
      if (await wanted.usedByOthers(signal)) return `kept ${name}: others use it`;
      const found = await lookAtService(shell, [name], signal);
      if (found === undefined) return `${name} is gone already`;
      if (enabled && found.enabled) await changeService(shell, "disable", name, signal);
      if (started && found.active) await changeService(shell, "stop", name, signal);
      const what = [started ? "stopped" : "", enabled ? "kept from starting at boot" : ""].filter(Boolean);
      return `${name} ${what.join(" and ") || "stays as it is"}`;
    },
  };
}

function isMade(made: Json | undefined, names: readonly string[]): made is { [key: string]: Json } & Made {
  return (
    typeof made === "object" &&
    made !== null &&
    "name" in made &&
    typeof made.name === "string" &&
    names.includes(made.name) &&
    "started" in made &&
    typeof made.started === "boolean" &&
    "enabled" in made &&
    typeof made.enabled === "boolean"
  );
}
