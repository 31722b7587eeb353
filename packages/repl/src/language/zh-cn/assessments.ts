import type { assessments } from "../english/assessments.ts";
import { translationOf } from "../message.ts";

export const chineseAssessments = translationOf<typeof assessments>()({
  "verdict.blocked": "尚不能迁移：需先修复 {blockers} 个阻断项",
  "verdict.ready": "可以迁移",
  "verdict.warnings": "可以迁移：有 {warnings} 个警告，其中 {mended} 个由 `prepare()` 修复",
  "fact.runs": "{bytes}，共 {runs} 段",
  "fact.architecture": "{architecture}，以 {mode} 方式启动",
  "fact.build": "{build}，版本类型 {edition}",
  "fact.unknown-means": "未知",
  "assess.profile": "规则集",
  "assess.data-disk": "数据盘 {path}，{size}",
  "assess.nothing-found": "{disk}：未发现问题",
  "assess.note": "说明：{note}",
  "assess.at-byte": "字节偏移 {offset}",
  "assess.more-places": "另有 {places} 处",
  "assess.try": "建议：{hint}",
  "assess.advice": "迁移建议：{advice}",
  "advice.image": "以镜像方式迁移",
  "advice.image-and-files": "以镜像方式迁移，数据盘通过文件同步迁移",
  "advice.files": "重新部署，或同步文件",
});
