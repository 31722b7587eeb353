import { fact, file, linuxGuest, windowsGuest } from "./guest-of.ts";
import { powershell, shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const cloudAssistant: Rule = {
  id: "GUESTOS.CloudAssistant",
  requirement: "Where Cloud Assistant is installed, it starts at boot.",
  why: "ECS runs commands in an instance through this agent, and its heartbeat is a proof that the guest booted. A host from elsewhere does not have it: ECS's own check then suggests it, and it can be installed once the instance runs, so its absence is no finding here. An agent that is there and does not start answers no command.",
  looksAt:
    "The service `aliyun` of a Linux guest, `AliyunService` of Windows, and whether it starts at boot. The evidence is its unit, script or key.",
  mend: steps(
    "On the host, before capture, or on the instance:",
    shell("systemctl enable aliyun.service", "chkconfig aliyun-service on     # without systemd"),
    powershell("sc.exe config AliyunService start= auto"),
  ),
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const linux = linuxGuest(input)?.cloudAgents.cloudAssistant;
    if (linux && !linux.enabledAtBoot) {
      return [
        {
          message:
            "Cloud Assistant is installed but does not start at boot, so ECS cannot run commands in the guest.",
          hint: "Run `systemctl enable aliyun.service` on the host.",
          evidence: [file(linux.source, linux.name)],
        },
      ];
    }
    const windows = windowsGuest(input)?.cloudAssistant;
    // 4 is a service that is disabled, 3 one that waits to be asked.
    if (windows == null || (windows.start ?? 0) < 3) return [];
    return [
      {
        message:
          "Cloud Assistant is installed but does not start with Windows, so ECS cannot run commands in the guest.",
        hint: "On the host: `sc.exe config AliyunService start= auto`.",
        evidence: [fact(windows.source, `Start: ${windows.start}`)],
      },
    ];
  },
};
