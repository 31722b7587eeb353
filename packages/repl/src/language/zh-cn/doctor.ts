import { translationOf } from "@sampan/core";
import type { doctor } from "../english/doctor.ts";

export const chineseDoctor = translationOf<typeof doctor>()({
  "doctor.fix": "修复方法：{fix}",
  "doctor.fixed": "已修复：{what}",
  "doctor.failed": "{checks} 项检查失败：请修复标出的问题，然后再次执行 `sampan doctor`",
  "doctor.failed-and-warnings":
    "{checks} 项检查失败，{warnings} 项警告：请修复标出的问题，然后再次执行 `sampan doctor`",
  "doctor.ready": "已具备迁移条件",
  "doctor.ready-rehearsals": "已具备演练条件",
  "doctor.with-warnings": "{ready}，有 {warnings} 项警告",
});
