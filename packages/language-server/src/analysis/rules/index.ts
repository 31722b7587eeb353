import { blockers } from "./blockers.ts";
import { bucketKind } from "./bucket-kind.ts";
import { bucketName } from "./bucket-name.ts";
import { bucketRegion } from "./bucket-region.ts";
import { copies } from "./copies.ts";
import { copyKeys } from "./copy-keys.ts";
import { credentials } from "./credentials.ts";
import { diskLimits } from "./disk-limits.ts";
import { floating } from "./floating.ts";
import { hostKind } from "./host-kind.ts";
import { importRole } from "./import-role.ts";
import { leftovers } from "./leftovers.ts";
import { licence } from "./licence.ts";
import { machine } from "./machine.ts";
import { names } from "./names.ts";
import { openDoors } from "./open-doors.ts";
import { options } from "./options.ts";
import { order } from "./order.ts";
import { permissions } from "./permissions.ts";
import { platform } from "./platform.ts";
import { quotas } from "./quotas.ts";
import { region } from "./region.ts";
import { resumable } from "./resumable.ts";
import type { Rule } from "./rule.ts";
import { ruleIds } from "./rule-ids.ts";
import { runLetGo } from "./run-let-go.ts";
import { runOnLoad } from "./run-on-load.ts";
import { sameName } from "./same-name.ts";
import { secrets } from "./secrets.ts";
import { source } from "./source.ts";
import { suppressions } from "./suppressions.ts";
import { takenName } from "./taken-name.ts";
import { unknownUntilRun } from "./unknown-until-run.ts";
import { unreadable } from "./unreadable.ts";
import { versions } from "./versions.ts";
import { zone } from "./zone.ts";

/** Every rule of plan files, by code. A new one is one file and one line here. */
export const planRules: readonly Rule[] = [
  unreadable,
  region,
  zone,
  bucketName,
  bucketRegion,
  bucketKind,
  names,
  takenName,
  sameName,
  order,
  floating,
  runOnLoad,
  runLetGo,
  unknownUntilRun,
  options,
  source,
  hostKind,
  ruleIds,
  diskLimits,
  machine,
  blockers,
  platform,
  licence,
  secrets,
  openDoors,
  credentials,
  permissions,
  importRole,
  copies,
  quotas,
  copyKeys,
  resumable,
  leftovers,
  versions,
  suppressions,
];
