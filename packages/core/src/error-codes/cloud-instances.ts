import type { ErrorCodeEntry } from "./entry.ts";

export const cloudInstanceErrorCodes = {
  CLOUD_INSTANCE_NOT_FOUND: {
    meaning: "The ECS instance does not exist in this region.",
    cure: "Check the instance's id and region, and which account is used.",
  },
  CLOUD_INSTANCE_STATE: {
    meaning:
      "The ECS instance is not in a state that allows this, or does not reach the one that is waited for.",
    cure: "Look at the instance in the console, bring it to the state named, then resume the run.",
  },
  CLOUD_SNAPSHOT_NOT_FOUND: {
    meaning: "The snapshot does not exist.",
    cure: "It may have been deleted meanwhile; run the snapshot again.",
  },
  CLOUD_SNAPSHOT_FAILED: {
    meaning: "The cloud started the snapshot and gave up on it.",
    cure: "Resume the run: it takes the snapshot anew. If it fails again, look at the disk in the console.",
  },
  CLOUD_CREATE_REFUSED: {
    meaning: "ECS refused to make an image of the instance or its snapshots.",
    cure: "Read the vendor's code in the details.",
  },
  CLOUD_CREATE_FAILED: {
    meaning: "ECS started to make the image and gave up on it.",
    cure: "Resume the run: it makes the image anew. The snapshots are still there.",
  },
  CLOUD_NO_STOCK: {
    meaning: "None of the instance types asked for can be had in the zones that were tried.",
    cure: "Give more `instanceTypes`, or vSwitches in other zones, and resume the run.",
  },
  CLOUD_LAUNCH_REFUSED: {
    meaning: "The image cannot be launched as asked: image, instance type and network do not fit together.",
    cure: "Read what does not fit in the message, correct the options of `launch`, and run again.",
  },
  CLOUD_BOOT_FAILED: {
    meaning: "The launched instance did not boot; its console says why.",
    cure: "Read the lines in the details and the evidence file, mend the guest (see `assess` and `prepare`), and make the image anew.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
