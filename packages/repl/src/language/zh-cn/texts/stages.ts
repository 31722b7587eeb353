import type { KnownTexts } from "../../known-texts.ts";

/** What the verbs of a plan do, and what its stages tell while they run. */
export const stageTexts: KnownTexts = {
  // Verbs.
  "Judges whether the host can be migrated, and what has to change; changes nothing.":
    "判断主机能否迁移，以及需要做哪些更改；不做任何改动。",
  "Takes snapshots of the instance's disks, all at once, and waits until they are accomplished.":
    "同时为实例的所有磁盘创建快照，并等待创建完成。",
  "Makes an ECS custom image of the snapshots, or of the instance itself, and waits until it is available.":
    "用快照或实例本身创建 ECS 自定义镜像，并等待其可用。",
  'Mends the guest on a copy-on-write overlay, the source never written; with `on: "host"` on the machine itself.':
    '在写时复制的覆盖层上修复客户机系统，不写入源；使用 `on: "host"` 时直接在主机上修复。',
  "Takes the host's disks as they are now, leaving free space out; of a host that runs, a moment is held meanwhile.":
    "捕获主机磁盘的当前内容，略去空闲空间；对正在运行的主机，期间保持一个时间点。",
  "Lays the disks out as VHD, computed while it is sent: no file in between.":
    "将磁盘编排为 VHD，边发送边计算：没有中间文件。",
  "Lays the disks out as raw images, every byte of the disk included.":
    "将磁盘编排为 raw 镜像，包含磁盘的每个字节。",
  "Lays the disks out as QCOW2 version 3, uncompressed.": "将磁盘编排为未压缩的 QCOW2 第 3 版。",
  "Sends the images to an OSS bucket in parallel parts, resumable, verified by CRC-64.":
    "将镜像以并行分片发送到 OSS Bucket，可续传，并以 CRC-64 校验。",
  "Makes an ECS custom image of the uploaded object and waits until it is available.":
    "用已上传的对象创建 ECS 自定义镜像，并等待其可用。",
  "Copies the image to other regions, all at once, and waits until each copy is available.":
    "同时将镜像复制到其他地域，并等待每个副本可用。",
  "Shares the image, and the copies made so far, with other accounts, and asks the cloud who has them.":
    "将镜像及已有的副本共享给其他账号，并向云端确认共享结果。",
  "Starts an instance of the image where zone and type have stock, and waits until it runs.":
    "在有库存的可用区和实例规格上用该镜像启动实例，并等待其运行。",
  "Looks for proof that the instance boots, keeps it as files, then keeps, stops or deletes the instance.":
    "寻找实例成功启动的证据并保存为文件，然后保留、停止或删除该实例。",
  // Stages.
  "judging the host by the rules of {profile}": "按规则集 {profile} 判断主机",
  "mapping the disks, free space included": "编制磁盘映射，包括空闲空间",
  "finding what the file systems use": "查找文件系统已使用的部分",
  "checking the account, the regions and bucket {bucket}": "检查账号、地域和 Bucket {bucket}",
  "copying {name} to {region}": "将 {name} 复制到 {region}",
  "making image {image} in {region}": "在 {region} 创建镜像 {image}",
  "laying the disks out as {format}": "将磁盘编排为 {format}",
  "having the host write its disk into {onHost} by {tool}": "由主机用 {tool} 将其磁盘写入 {onHost}",
  "importing image {image} in {region}": "在 {region} 导入镜像 {image}",
  "looking at {source}": "查看 {source}",
  "judging {source} by what ECS tells of it": "依据 ECS 提供的信息判断 {source}",
  "launching {image} in {region}": "在 {region} 启动 {image}",
  "launching {image} in {region} with profile {profile}": "使用凭证配置 {profile} 在 {region} 启动 {image}",
  "mending the guest on {source} itself": "直接在 {source} 上修复客户机系统",
  "mending the guest on an overlay": "在覆盖层上修复客户机系统",
  "letting go of what was held on the host": "释放在主机上占用的内容",
  "sharing {image} in {regions} with {accounts}": "将 {image}（{regions}）共享给 {accounts}",
  "taking snapshots of {name}, stopped meanwhile": "为 {name} 创建快照，期间停机",
  "taking snapshots of {name}": "为 {name} 创建快照",
  "sending to bucket {bucket} in {region}": "发送到 {region} 的 Bucket {bucket}",
  "looking for proof that {instanceId} boots": "寻找 {instanceId} 成功启动的证据",
  "taking a snapshot on the host, to read the disk as it is at one moment":
    "在主机上创建快照，以读取磁盘在某一时间点的内容",
  "freezing the host's file systems while their disk is read": "读取磁盘期间冻结主机的文件系统",
  "reading the disk while the host writes to it": "在主机写入的同时读取磁盘",
  // What they tell.
  "Image Builder is experimental here: the vendor's pages disagree on builds of uploaded disks, and a build starts an instance that is billed while it works":
    "此处的 Image Builder 为实验性功能：阿里云的页面对构建已上传的磁盘说法不一，且构建会启动一台实例，工作期间计费",
  "Image Builder: {status}": "Image Builder：{status}",
  "created RAM role {role}": "已创建 RAM 角色 {role}",
  "the build's template {pipelineId} could not be deleted; it costs nothing":
    "无法删除构建模板 {pipelineId}；它不产生费用",
  "cancelled {what} in the cloud": "已在云端取消 {what}",
  "{what} could not be cancelled and goes on in the cloud: {why}": "{what} 无法取消，在云端继续进行：{why}",
  "{name}: {dataBytes} of {sizeBytes} to send": "{name}：共 {sizeBytes}，需发送 {dataBytes}",
  "bucket {bucket} is made for this rehearsal; {advice}": "已为本次演练创建 Bucket {bucket}；{advice}",
  "the image is made of the instance as it is: a running guest's file systems are as after a power cut":
    "直接用实例的当前状态创建镜像：运行中的客户机系统的文件系统如同断电之后",
  "{name}: run {runId} gives no layout to follow, so little may match: {reason}":
    "{name}：运行 {runId} 没有可沿用的布局，因此可复用的内容可能很少：{reason}",
  "{name}: written into {path}; the file stays there": "{name}：已写入 {path}；该文件会保留",
  "{disk}: what was held could not be let go: {error}": "{disk}：无法释放所占用的内容：{error}",
  "the cloud made no check of the image": "云端没有检查该镜像",
  "the cloud's own check sees a risk in {risks} of {items} items; the assessment judged {judged} of them, {differing} differently":
    "云端自身的检查在 {items} 项中发现 {risks} 项有风险；评估对其中 {judged} 项作过判断，{differing} 项结论不同",
  "the disks of the instance were not read: file systems, drivers and boot files are not judged":
    "没有读取实例的磁盘：未判断文件系统、驱动和启动文件",
  "nothing has to be changed on the host": "主机无需任何更改",
  "fix-up {fixup}: {text}": "修复项 {fixup}：{text}",
  "on the host: {text}": "在主机上：{text}",
  "the host is prepared; {byProgram} takes it back": "主机已准备就绪；可用 {byProgram} 撤销",
  "the host is prepared; {byProgram} takes it back, on the host {undo}":
    "主机已准备就绪；可用 {byProgram} 撤销，在主机上则用 {undo}",
  "{source} is made for this rehearsal, an empty {os}; outside the rehearsal it must exist":
    "已为本次演练创建 {source}（空的 {os}）；在演练之外它必须已存在",
  "what was held on the host could not be let go ({code}: {message}); it goes by itself within {minutes} minutes":
    "无法释放在主机上占用的内容（{code}：{message}）；它会在 {minutes} 分钟内自动消失",
  "oss://{bucket}/{key}, parts of a disk that were reused, could not be deleted: {message}":
    "无法删除 oss://{bucket}/{key}（已复用的磁盘分片）：{message}",
  "shared {imageId} in {region} with {accounts}": "已将 {region} 的 {imageId} 共享给 {accounts}",
  "shared {imageId} in {region} {to}: {message}": "共享 {region} 的 {imageId}（{to}）：{message}",
  "the snapshots are taken while the guest may be running: its file systems are as after a power cut":
    "创建快照时客户机系统可能正在运行：其文件系统如同断电之后",
  "{disk}: not everything of oss://{bucket}/{key} can be reused: {reason}; what is left is sent":
    "{disk}：oss://{bucket}/{key} 不能全部复用：{reason}；其余部分重新发送",
  "{disk}: {sentBytes} sent, {reusedBytes} unchanged and copied from oss://{bucket}/{key}":
    "{disk}：已发送 {sentBytes}，{reusedBytes} 未变化，从 oss://{bucket}/{key} 复制",
  "{disk}: run {runId} has nothing to reuse, all is sent: {reason}":
    "{disk}：运行 {runId} 没有可复用的内容，全部重新发送：{reason}",
  "{proof}; what was seen is in {evidence}": "{proof}；所见内容保存在 {evidence}",
  "stopping {instanceId}": "正在停止 {instanceId}",
  "deleted {instanceId}: it was a test boot": "已删除 {instanceId}：它仅用于测试启动",
  // What the cloud is waited for.
  "this key may not look at the bucket {bucket}; the import itself will tell whether it fits":
    "此 AccessKey 无权查看 Bucket {bucket}；是否可用将由导入本身得知",
  "waiting until {imageId} can be copied to {region}": "等待 {imageId} 可以复制到 {region}",
  "deleting {imageId}, an earlier copy that failed": "正在删除 {imageId}，这是之前失败的副本",
  "creating the role {name}": "正在创建角色 {name}",
  "this key may not look at roles; the import itself will tell whether ECS may read the bucket":
    "此 AccessKey 无权查看角色；ECS 能否读取 Bucket 将由导入本身得知",
  "waiting until the import role has reached ECS": "等待导入角色在 ECS 生效",
  "deleting {imageId}, an earlier attempt that failed": "正在删除 {imageId}，这是之前失败的尝试",
  "waiting until the shares show": "等待共享关系生效",
  "waiting for the cloud's own check of the image": "等待云端对镜像的检查",
  "waiting until the disks can be made an image of": "等待磁盘可用于创建镜像",
  "waiting for the cloud": "等待云端",
  "queued: the cloud has not begun to make the image yet": "排队中：云端尚未开始创建镜像",
  "queued: the cloud has not begun to import yet": "排队中：云端尚未开始导入",
  "no change since: {seen}": "此后没有变化：{seen}",
  "nothing is known yet": "尚无任何信息",
  "{instanceType} cannot be had in {zone} ({reason})": "{zone} 无法提供 {instanceType}（{reason}）",
  "launching a {instanceType} in {zone}": "正在 {zone} 启动 {instanceType}",
  "{instanceType} does not fit: {reason}": "{instanceType} 不适用：{reason}",
  "shutting the instance down": "正在关闭实例",
  "deleting {snapshotId}, an earlier snapshot that failed": "正在删除 {snapshotId}，这是之前失败的快照",
  "waiting until another snapshot of {diskId} has ended": "等待 {diskId} 的另一个快照结束",
  "starting the instance again": "正在重新启动实例",
  "the instance is being started again": "正在重新启动实例",
  "the instance could not be started again: {message}": "实例无法重新启动：{message}",
  "the instance is {status}": "实例状态为 {status}",
};
