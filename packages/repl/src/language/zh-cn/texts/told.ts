import type { KnownTexts } from "../../known-texts.ts";

/** What commands tell beside their data. */
export const toldTexts: KnownTexts = {
  "rehearsal: a simulator answers for the cloud, nothing here is real":
    "演练：由模拟器代替云应答，此处的一切都不是真实的",
  "the run was cancelled: {reason}": "运行已取消：{reason}",
  "asked run {runId} to stop": "已请求运行 {runId} 停止",
  "nobody is working on run {runId}: it is {state}": "没有进程在执行运行 {runId}：其状态为{state}",
  "it has not stopped within {value} s; `sampan attach {runId}` follows it":
    "{value} 秒内尚未停止；可用 `sampan attach {runId}` 跟踪",
  "it is {state}; `sampan resume {runId}` goes on with it":
    "运行{state}；执行 `sampan resume {runId}` 可继续",
  "to delete it: sampan gc {runId}": "如需删除，请执行：sampan gc {runId}",
  "This is the plan in examples/first-migration.migration.ts; no account is needed and none is touched.":
    "这是 examples/first-migration.migration.ts 中的计划；不需要账号，也不会触及任何账号。",
  "run {runId} cannot be read: what it left is not known": "无法读取运行 {runId}：不清楚它留下了什么",
  "no run here has left anything that costs money, or is on a host":
    "此处的运行没有留下任何产生费用或位于主机上的内容",
  "`sampan gc ID` deletes what a run left, after asking; `sampan resume ID` uses it":
    "`sampan gc ID` 在询问后删除某次运行留下的内容；`sampan resume ID` 则继续使用它们",
  "run {runId} is going on: `sampan cancel {runId}` stops it":
    "运行 {runId} 正在进行：执行 `sampan cancel {runId}` 可将其停止",
  "run {runId} is going on: Ctrl+C leaves it so, `sampan cancel {runId}` stops it":
    "运行 {runId} 正在进行：按 Ctrl+C 不影响它，执行 `sampan cancel {runId}` 可将其停止",
  "run {runId} has left nothing": "运行 {runId} 没有留下任何内容",
  "nothing has to change": "无需任何更改",
  "written to {out}; `sampan run {out}` runs it": "已写入 {out}；执行 `sampan run {out}` 可运行",
  "fingerprint {plan}": "指纹 {plan}",
  "dry run: nothing was done": "仅预览：未执行任何操作",
  "{title} is prepared; it counts from its next start on": "{title} 已准备就绪；自下次启动起生效",
  "to take it back: sampan prepare TARGET {id} --undo, or on the host: {undo}":
    "如需撤销，请执行：sampan prepare TARGET {id} --undo，或在主机上执行：{undo}",
  "nothing has to be changed on {title}": "{title} 无需任何更改",
  "kept as it is, for it was changed since: {one}": "之后又有改动，因此保持不变：{one}",
  "the preparation {id} of {title} is taken back": "已撤销 {title} 的准备 {id}",
  "no runs here; `sampan run PLAN` starts one, `--home DIR` looks elsewhere":
    "此处没有运行；`sampan run PLAN` 可开始一次运行，`--home DIR` 可查看其他位置",
  "{name} is ready; ECS may take a minute to see it, and an import waits for that by itself":
    "{name} 已就绪；ECS 可能需要一分钟才能识别，导入时会自动等待",
  "{name} is ready; nothing had to be done": "{name} 已就绪；无需任何操作",
  "`sampan share remove` takes back what was made: {key}": "`sampan share remove` 可撤销所创建的内容：{key}",
  "nothing of Sampan's is on {title}": "{title} 上没有由 Sampan 创建的内容",
  "use it: SAMPAN_SIMULATOR={endpoint} sampan run PLAN":
    "使用方法：SAMPAN_SIMULATOR={endpoint} sampan run PLAN",
  "its state is gone when it stops": "停止后其状态不会保留",
  "its state stays in {data}": "其状态保存在 {data}",
  "Ctrl+C stops it": "按 Ctrl+C 停止",
  stopped: "已停止",
  listening: "监听地址",
  "access key": "AccessKey",
  "status page": "状态页面",
  "(fixed and documented: worth nothing outside a simulator)": "（固定且公开：在模拟器之外没有用处）",
  "run {runId} is going on already": "运行 {runId} 已在进行",
  "run {runId} goes on without this terminal, in process {pid}":
    "运行 {runId} 已脱离当前终端，在进程 {pid} 中继续",
  "to follow it: sampan attach {run}": "如需跟踪，请执行：sampan attach {run}",
  "to stop it: sampan cancel {run}": "如需停止，请执行：sampan cancel {run}",
  "its log: {log}": "其日志：{log}",
  "stopping: what is in flight ends or is aborted": "正在停止：进行中的操作会完成或被中止",
  "nothing is left on {title}": "{title} 上没有留下任何内容",
  "this plan was finished before; nothing had to be done (`--again` starts anew)":
    "该计划先前已完成；无需任何操作（`--again` 可重新开始）",
  "done in {took}": "完成，耗时 {took}",
  "stopped where asked after {took}; `{call}` goes on": "已按要求停止，耗时 {took}；执行 `{call}` 可继续",
  "to go on: {call}": "如需继续，请执行：{call}",
  "the input was not complete and is dropped": "输入不完整，已丢弃",
  "nothing was done: `.run()` starts it, `.plan()` gives it as JSON":
    "未执行任何操作：`.run()` 开始运行，`.plan()` 得到其 JSON",
  "held now: {held} of {disk}, {consistency}; a run may be reading it, and it goes by itself {minutes} min after its last use":
    "正在占用：{disk} 的 {held}，{consistency}；可能有运行正在读取，最后一次使用 {minutes} 分钟后自动消失",
  "no names of this account are kept; `sampan names --refresh` asks the cloud for them":
    "没有保存此账号的名称；执行 `sampan names --refresh` 可向云查询",
  "warning: {what} could not be asked for: {code}": "警告：无法查询{what}：{code}",
  "warning: {what} of {region} could not be asked for: {code}":
    "警告：无法查询地域 {region} 的{what}：{code}",
  "{path} computes its settings, and `{name}` does not run it: they do not count":
    "{path} 需要计算其设置，而 `{name}` 不会执行它：这些设置不生效",
  "there is nothing of that kind": "没有此类资源",
  "warning: {region} could not be looked into: {error}: {text}": "警告：无法查看 {region}：{error}：{text}",
};
