import type { RpcAction } from "../../call.ts";
import { RpcError } from "../../errors.ts";
import { readPage } from "../paging.ts";
import { isoSeconds, requireRegion } from "../rules.ts";
import type { InstanceRecord } from "./records.ts";
import { requireInstance } from "./rules.ts";

const chinaOffsetMs = 8 * 3_600_000;

/** GetInstanceConsoleOutput: what the guest wrote to its serial console, in base64; not of Windows. */
export const getInstanceConsoleOutput: RpcAction = {
  name: "GetInstanceConsoleOutput",
  parameters: ["RegionId", "InstanceId", "RemoveSymbols"],
  run: async (call) => {
    const instance = requireInstance(call, call.parameters.required("InstanceId"), requireRegion(call));
    if (instance.os.osType === "windows") {
      throw new RpcError(405, "IncorrectInstanceStatus.NotSupported", "Windows has no serial console.");
    }
    requireLooked(instance);
    const { clock, ecs } = call.world;
    const machine = ecs.machines.machine(instance.instanceId);
    // The service gives this time in China's time zone, without saying so.
    const at = isoSeconds(clock.now() + chinaOffsetMs)
      .replace(/[TZ]/g, " ")
      .trim();
    return {
      InstanceId: instance.instanceId,
      ConsoleOutput: Buffer.from((await machine?.console()) ?? simulatedConsole(instance)).toString("base64"),
      LastUpdateTime: at,
    };
  },
};

/** DescribeCloudAssistantStatus: there is no agent in a guest that nothing runs. */
export const describeCloudAssistantStatus: RpcAction = {
  name: "DescribeCloudAssistantStatus",
  parameters: "RegionId InstanceId.N OSType PageNumber PageSize MaxResults NextToken".split(" "),
  run: async (call) => {
    const { parameters, world, caller } = call;
    const region = requireRegion(call);
    const page = readPage(parameters, 50);
    const ids = parameters.list("InstanceId");
    const found = world.ecs.instances
      .all()
      .filter((instance) => instance.region === region && instance.ownerId === caller.accountId)
      .filter((instance) => ids.length === 0 || ids.includes(instance.instanceId));
    return {
      ...page.totals(found.length),
      NextToken: "",
      InstanceCloudAssistantStatusSet: {
        InstanceCloudAssistantStatus: page.cut(found).map((instance) => ({
          InstanceId: instance.instanceId,
          CloudAssistantStatus: "false",
          CloudAssistantVersion: "",
          OSType: instance.os.osType === "windows" ? "Windows" : "Linux",
          InvocationCount: 0,
          ActiveTaskCount: 0,
          LastInvokedTime: "",
          LastHeartbeatTime: "",
          SupportSessionManager: false,
        })),
      },
    };
  },
};

/** GetInstanceScreenshot: a picture of the display, in base64; PNG, where the service makes JPEG. Without a machine there is none. */
export const getInstanceScreenshot: RpcAction = {
  name: "GetInstanceScreenshot",
  parameters: ["RegionId", "InstanceId", "WakeUp"],
  run: async (call) => {
    const instance = requireInstance(call, call.parameters.required("InstanceId"), requireRegion(call));
    requireLooked(instance);
    const picture = await call.world.ecs.machines.machine(instance.instanceId)?.screenshot();
    if (!picture) {
      throw new RpcError(
        405,
        "OperationDenied.NotSupported",
        `There is no display to be shown. ${instance.note ?? ""}`.trim(),
      );
    }
    return { InstanceId: instance.instanceId, Screenshot: Buffer.from(picture).toString("base64") };
  },
};

function requireLooked(instance: InstanceRecord): void {
  if (instance.state === "Running" || instance.state === "Starting") return;
  throw new RpcError(405, "IncorrectInstanceStatus", `The instance is ${instance.state}.`);
}

/** What stands on the console of an instance no machine runs: that this is so, and what it would have been started from. */
function simulatedConsole(instance: InstanceRecord): Buffer {
  return Buffer.from(
    `[sampan] ${instance.instanceId} is simulated: no machine runs and nothing was booted. ${instance.note ?? ""}\r\n` +
      `[sampan] image ${instance.imageId}, ${instance.os.architecture}, ${instance.bootMode}, type ${instance.instanceType}\r\n`,
  );
}
