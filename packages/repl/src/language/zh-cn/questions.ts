import type { questions } from "../english/questions.ts";
import { translationOf } from "../message.ts";

export const chineseQuestions = translationOf<typeof questions>()({
  "ask.account": "此操作将更改真实的阿里云账号（AccessKey ID {key}）：",
  "ask.host": "此操作将更改 {host}：",
  "ask.go-on": "是否继续？[y/N] ",
  "ask.credentials": "凭证：{source}（AccessKey ID {key}）",
  "ask.warning": "警告：{warning}",
  "ask.prepare": "直接在主机 {host} 上做迁移准备；执行 `sampan prepare {host} --dry-run` 可查看将更改的内容",
  "touched.host": "主机 {host}",
  "touched.bucket": "Bucket {bucket}",
  "touched.image": "自定义镜像 {image}",
  "touched.image-of-host": "自定义镜像（以主机命名）",
  "touched.image-of-instance": "自定义镜像（以实例命名）",
  "touched.in": "位于 {region}",
  "touched.in-bucket-region": "Bucket 所在地域",
  "touched.in-instance-region": "实例所在地域",
  "touched.copies": "复制到 {regions}",
  "touched.stopped": "停机创建快照",
  "touched.snapshots": "创建快照",
  "touched.then": "之后 {what}",
  "touched.shared": "共享给 {accounts}",
  "touched.test-instance": "一台测试实例",
  "touched.instance": "一台实例（删除前持续计费）",
  "touched.by-profile": "使用凭证配置 {profile}",
  "gc.deleted": "已删除 {what}",
  "gc.let-go": "释放 {moment}",
  "gc.remove": "清除 {what}",
  "gc.removed": "已清除 {what}",
  "gc.would-remove": "将清除 {what}",
  "cancel.left": "留下：{what}",
  "patch.link": "（链接：{before} → {after}）",
  "patch.by": "{what}，由 {fixups} 完成",
  "patch.count": "共 {changes} 处更改；源本身未被改动",
  "prepare.take-back": "撤销准备 {id}",
  "prepare.would-take-back": "将撤销准备 {id}",
  "share.would": "将执行：{what}",
  "share.remove": "撤销 {share}：{made}",
  "share.remove-nothing": "撤销 {share}：其中没有由 Sampan 创建的内容",
  "step.already": "{step}：已就绪（{text}）",
  "step.refused": "{step}：被拒绝（{text}）",
  "step.would": "{step}：将执行 {text}",
  "step.done": "{step}：已完成（{text}）",
  "setup.did": "已执行：{what}",
  "runs.wrote": "已写入 {file}",
  "part.hidden": "已隐藏，来自 {source}",
  "part.from": "{value}，来自 {source}",
  "gc.delete": "删除 {what}",
  "gc.would-delete": "将删除 {what}",
  "gc.run": "运行 {run} · {title}",
  "doctor.fix": "修复方法：{fix}",
  "shell.help": `输入 TypeScript 即可，SDK 已就绪。计划只会显示，调用 .run() 之前不会执行。

  Migration.from("./web-01.vmdk").assess()      一个计划
    .prepare().capture().toVhd()                以动词开头的行接续上一个值
  _.run()                                       运行上一个值并显示过程；Ctrl+C 取消
  .help  .exit  Ctrl+D                          显示本帮助；退出；退出

\`sampan\` 的所有子命令都可在您自己的 Shell 中使用：\`sampan --help\` 列出全部命令。`,
});
