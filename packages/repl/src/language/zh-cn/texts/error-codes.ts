import type { KnownTexts } from "../../known-texts.ts";

/** Meanings and cures of the error codes, but for those of hosts. */
export const errorCodeTexts: KnownTexts = {
  "Sampan met a state its authors thought impossible.": "Sampan 遇到了其作者认为不可能出现的状态。",
  "Please report it with the details below; `sampan resume` may still finish the run.":
    "请连同下方的详细信息一并报告；执行 `sampan resume` 或许仍能完成该运行。",
  "The work was cancelled before it finished.": "操作在完成之前被取消。",
  "Run `sampan resume` with the run's id to go on where it stopped.":
    "执行 `sampan resume` 加运行 ID，可从停止处继续。",
  "A function was called with an argument outside its documented range.":
    "调用函数时传入的参数超出了文档规定的范围。",
  "Correct the argument named in the message.": "更正错误信息中指出的参数。",
  "A read reached past the end of a disk.": "读取位置超出了磁盘末尾。",
  "Ask for a range inside the disk; its size is `sizeBytes`.":
    "读取范围须在磁盘之内；磁盘大小为 `sizeBytes`。",
  "The image file does not exist or is not a regular file.": "镜像文件不存在，或不是普通文件。",
  "Check the path; give a file, not a folder or a device.": "检查路径；请指定文件，而不是目录或设备。",
  "The operating system refused to read the image file.": "操作系统拒绝读取该镜像文件。",
  "Check the file's permissions and the medium it lies on.": "检查文件权限以及文件所在的存储介质。",
  "The file is no disk image Sampan can recognise.": "该文件不是 Sampan 能识别的磁盘镜像。",
  "Give a raw disk or an image such as VHD, VHDX, VMDK, QCOW2, VDI or OVA; a raw disk that is not recognised is forced with `--source-format raw`.":
    "请提供裸磁盘，或 VHD、VHDX、VMDK、QCOW2、VDI、OVA 等格式的镜像文件；无法自动识别的裸磁盘可用 `--source-format raw` 强制指定。",
  "The image uses a variant or feature of its format that Sampan does not read.":
    "该镜像文件使用了其格式中 Sampan 不支持读取的子类型或特性。",
  "Convert it with the tool that made it to a plain variant, such as a monolithic sparse VMDK or a raw file.":
    "请用生成它的工具转换为普通子类型，例如单文件稀疏（monolithic sparse）VMDK 或 raw 文件。",
  "The image contradicts its own format: a checksum, offset, size or table is wrong.":
    "镜像文件与其自身格式矛盾：校验和、偏移量、大小或表有误。",
  "The file may be damaged or still being written; export it again from its source.":
    "文件可能已损坏或仍在写入；请从源端重新导出。",
  "The image file ends before the data its tables point to.": "镜像文件在其表所指向的数据之前就已结束。",
  "The copy was probably interrupted; compare its size with the original and copy it again.":
    "复制过程可能中断过；请与原文件比较大小并重新复制。",
  "The image is encrypted.": "镜像文件已加密。",
  "Decrypt it first with the tool that made it.": "请先用生成它的工具解密。",
  "The image names a parent or part file outside the folder Sampan may read from.":
    "镜像引用的父镜像或分段文件位于允许 Sampan 读取的目录之外。",
  "Put the file beside the image, or allow its folder with `--allow-path FOLDER`.":
    "将该文件放到镜像文件旁边，或用 `--allow-path FOLDER` 允许其所在目录。",
  "A parent or part file that the image names is not there.": "镜像引用的父镜像或分段文件不存在。",
  "Put the file beside the image, or allow the folder it lies in with `--allow-path FOLDER`.":
    "将该文件放到镜像文件旁边，或用 `--allow-path FOLDER` 允许其所在目录。",
  "The image holds no snapshot of that name, or its format has none.":
    "镜像中没有该名称的快照，或其格式不支持快照。",
  "Leave the snapshot out to read the disk as it is now; the message lists the names there are.":
    "不指定快照即读取磁盘的当前状态；错误信息中列出了已有的快照名称。",
  "The file found under the name of the image's parent is not the one the image was made on.":
    "以父镜像名称找到的文件，不是制作该镜像时所用的父镜像。",
  "Find the original parent; one that was changed since, or another of the same name, does not fit.":
    "请找到原来的父镜像；之后被修改过的，或只是同名的文件，都不适用。",
  "The package holds several disks and none was chosen, or the chosen one is not in it.":
    "该包中有多个磁盘而未作选择，或选择的磁盘不在其中。",
  "Name one of its disks: by its place from 0 on, its file or its id.":
    "指定其中一个磁盘：从 0 开始的序号、文件名或 ID。",
  "The compressed image unpacks to more than is allowed; a few bytes can be made to unpack to any size.":
    "压缩镜像解压后的大小超过允许的上限；几个字节就可以构造成解压到任意大小。",
  "If you trust it, unpack it yourself and give the unpacked file.":
    "如果您信任该文件，请自行解压后提供解压得到的文件。",
  "The disk is larger than the target format can hold.": "磁盘超过了目标格式所能容纳的大小。",
  "Choose another format: a VHD holds at most 2,040 GiB.": "请选择其他格式：VHD 最多容纳 2,040 GiB。",
  "The output file already exists.": "输出文件已存在。",
  "Choose another name, or pass `--force` to replace it.": "请另选文件名，或用 `--force` 替换。",
  "The output folder, or the one for temporary files, has too little free space.":
    "输出目录或临时文件目录的可用空间不足。",
  "Free some space or choose another folder; nothing was left behind.":
    "请释放空间或另选目录；没有留下任何未完成的文件。",
  "The operating system refused to write the output file.": "操作系统拒绝写入输出文件。",
  "Check the folder's permissions; nothing was left behind.": "检查目录权限；没有留下任何未完成的文件。",
  "No operating system was found on the disk.": "磁盘上没有找到操作系统。",
  'Give the system disk; `sampan inspect FILE` lists the partitions and file systems found. Of a disk that nothing is to boot from, accept it: `--accept "GUESTOS.SystemImage=REASON"`, or `accept` in the plan.':
    '请提供系统盘；`sampan inspect FILE` 可列出找到的分区和文件系统。若不从该磁盘启动，可予以接受：`--accept "GUESTOS.SystemImage=原因"`，或计划中的 `accept`。',
  "A file system contradicts itself.": "文件系统自相矛盾。",
  "Run its own checker (for ext4: `e2fsck -f`) on the host, then capture the disk again.":
    "在主机上运行该文件系统自带的检查工具（ext4 为 `e2fsck -f`），然后重新捕获磁盘。",
  "The file system, or a feature it uses, cannot be read.": "无法读取该文件系统或其使用的某项特性。",
  "Sampan looks into ext2, ext3, ext4, XFS, Btrfs, NTFS and FAT, on partitions and logical volumes, and tells their free space and that of exFAT; anything else is copied whole.":
    "Sampan 能读取分区和逻辑卷上的 ext2、ext3、ext4、XFS、Btrfs、NTFS 和 FAT 的内容，并能识别这些文件系统以及 exFAT 的空闲空间；其他文件系统会被完整复制。",
  "The file system was not unmounted cleanly and its journal needs replay, so it cannot be changed safely.":
    "文件系统未正常卸载，其日志需要重放，因此无法安全地更改。",
  "Shut the host down cleanly and capture again, or leave `prepare()` out of the plan.":
    "正常关闭主机后重新捕获，或从计划中去掉 `prepare()`。",
  "A hive of a Windows registry contradicts itself, or is of a version that is not known.":
    "Windows 注册表的某个配置单元（hive）自相矛盾，或版本未知。",
  "Start the host, let Windows repair its registry, shut it down cleanly and capture the disk again.":
    "启动主机，让 Windows 修复注册表，正常关机后重新捕获磁盘。",
  "A fix-up could not be applied to the copy.": "某个修复项无法应用到副本。",
  'Read the cause; `prepare({ skip: ["…"] })` leaves a fix-up out.':
    '请查看原因；用 `prepare({ skip: ["…"] })` 可跳过某个修复项。',
  "The assessment found something that would stop the guest from booting or being imported.":
    "评估发现了会导致客户机系统无法启动或无法导入的问题。",
  'Mend the blockers listed, or accept one by id with a reason: `assess({ accept: { "ID": "reason" } })`.':
    '修复列出的阻断项，或按规则 ID 加理由接受：`assess({ accept: { "ID": "reason" } })`。',
  "A file of a running guest cannot be read, even by root.":
    "正在运行的客户机系统中的某个文件无法读取，即使以 root 身份也不行。",
  "Read it on the host as root: a damaged disk, or a security module, says there why not.":
    "在主机上以 root 身份读取该文件即可看到原因，例如磁盘损坏或安全模块限制。",
  "No credentials for Alibaba Cloud were found.": "没有找到阿里云凭证。",
  "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or rehearse with the built-in simulator.":
    "设置 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET，或使用内置模拟器演练。",
  "A place that holds credentials cannot be used: a file is malformed, a field is missing, a mode is not supported.":
    "某处凭证配置无法使用：文件格式错误、缺少字段，或模式不受支持。",
  "Mend what the message names, or choose another profile with --profile; `sampan whoami` shows every place looked in.":
    "修复错误信息中指出的问题，或用 --profile 选择其他凭证配置；`sampan whoami` 会显示查找过的所有位置。",
  "The cloud refused the access key, its signature or its token.": "云端拒绝了该 AccessKey、签名或安全令牌。",
  "Check that the key exists, is enabled and belongs to this account, and that the clock is right.":
    "检查 AccessKey 是否存在、已启用且属于该账号，以及本机时间是否正确。",
  "The account lacks the permission for this call.": "该账号没有此调用所需的权限。",
  "Ask the account's owner for the action named in the details.":
    "请账号所有者授予详细信息中列出的操作权限（Action）。",
  "This machine's clock differs from the cloud's by more than 15 minutes.":
    "本机时间与云端时间相差超过 15 分钟。",
  "Set the clock (for example with `timedatectl set-ntp true`) and run again.":
    "校准时间（例如 `timedatectl set-ntp true`）后重新运行。",
  "The region does not exist or cannot be used by this account.": "地域不存在，或该账号无法使用该地域。",
  "Use a region id such as `cn-hangzhou` or `ap-southeast-1`.":
    "请使用地域 ID，例如 `cn-hangzhou` 或 `ap-southeast-1`。",
  "The bucket does not exist.": "Bucket 不存在。",
  "Create it in the region of the import, or correct its name.":
    "在导入镜像的地域创建该 Bucket，或更正名称。",
  "The bucket lies in another region than the import.": "Bucket 与导入镜像的地域不同。",
  "ECS imports only from a bucket of the same region: choose a bucket there, or import where the bucket is and copy the image.":
    "ECS 只能从同一地域的 Bucket 导入：请选择该地域的 Bucket，或在 Bucket 所在地域导入后再复制镜像。",
  "ECS cannot import from this bucket: its storage class or encryption is not supported.":
    "ECS 无法从该 Bucket 导入：不支持其存储类型或加密方式。",
  "Use a bucket of class Standard without server-side encryption.":
    "请使用标准存储类型且未启用服务端加密的 Bucket。",
  "The bucket's name is taken by another account, or by this one in another region.":
    "该 Bucket 名称已被其他账号占用，或已被本账号在其他地域使用。",
  "Bucket names are unique in the world: choose another.": "Bucket 名称全局唯一：请另选名称。",
  "The cloud does not let this account move data through this endpoint.":
    "云端不允许该账号通过此访问端点（Endpoint）传输数据。",
  "Use the internal endpoint from inside the region, or a region outside mainland China.":
    "在同地域内使用内网 Endpoint，或使用中国内地以外的地域。",
  "The object key cannot be used.": "对象名称（Key）不可用。",
  "Use 1 to 1,023 bytes of UTF-8, no leading slash, no `.` or `..` segments, ending in .vhd, .raw or .qcow2.":
    "使用 1 至 1,023 字节的 UTF-8 名称，不以斜线开头，不含 `.` 或 `..` 路径段，并以 .vhd、.raw 或 .qcow2 结尾。",
  "An object of that name that this run did not make is already there.":
    "已存在同名对象，且不是由本次运行创建。",
  "Choose another key, or pass `overwrite: true`.": "请另选名称，或设置 `overwrite: true`。",
  "The object does not exist.": "对象不存在。",
  "Run the upload again.": "请重新上传。",
  "The multipart upload no longer exists in the store: it was completed, aborted or expired.":
    "该分片上传在 OSS 中已不存在：已完成、被中止或已过期。",
  "Run again; the upload starts anew.": "请重新运行；上传会重新开始。",
  "The checksum or size of what the store holds differs from what was sent.":
    "OSS 中内容的校验和或大小与发送的不一致。",
  "Run again; if it happens twice, look for a faulty proxy or memory.":
    "请重新运行；如果再次出现，请检查代理或内存是否有故障。",
  "The object store has no room left.": "对象存储没有剩余空间。",
  "Free space in the store or raise its quota, then resume the run; the parts already sent are kept.":
    "释放空间或提高配额后继续该运行；已发送的分片会保留。",
  "The RAM role that lets ECS read the bucket is missing or not trusted yet.":
    "允许 ECS 读取 Bucket 的 RAM 角色不存在，或尚未获得信任。",
  "Create the role AliyunECSImageImportDefaultRole, once for the account: `sampan setup role` shows what it makes and asks, and `import({ createRole: true })` does it in a plan.":
    "为账号创建一次角色 AliyunECSImageImportDefaultRole：`sampan setup role` 会显示将创建的内容并询问；在计划中可使用 `import({ createRole: true })`。",
  "ECS refused to start the import.": "ECS 拒绝开始导入镜像。",
  "Read the vendor's code in the details.": "请查看详细信息中的阿里云错误码。",
  "ECS started the import and gave up on it.": "ECS 开始了镜像导入，但导入失败。",
  "Read the vendor's explanation in the details; the uploaded object is still there.":
    "请查看详细信息中阿里云给出的说明；已上传的对象仍然存在。",
  "ECS refused to copy the image.": "ECS 拒绝复制镜像。",
  "ECS started the copy and gave up on it.": "ECS 开始了镜像复制，但复制失败。",
  "Run again to retry the regions that failed.": "重新运行，会重试失败的地域。",
  "ECS refused to share the image with some of the accounts.": "ECS 拒绝将镜像共享给其中一些账号。",
  "The details say which accounts have it and why the others do not: correct those and run again.":
    "详细信息列出了已共享的账号，以及其他账号未能共享的原因：更正后重新运行。",
  "Another image in this region has that name and was not made by this run.":
    "该地域已有同名镜像，且不是由本次运行创建。",
  "Choose another name or delete the old image.": "请另选名称，或删除旧镜像。",
  "The image does not exist in this region.": "该地域中不存在此镜像。",
  "It may have been deleted meanwhile; run the import again.": "镜像可能已被删除；请重新导入。",
  "Another operation on the image is going on.": "该镜像正在执行其他操作。",
  "Wait until it has ended, then resume the run.": "等待其结束后继续该运行。",
  "The task had already ended and could not be cancelled.": "任务已经结束，无法取消。",
  "Nothing; look at the image it made.": "无需处理；请查看该任务生成的镜像。",
  "The account may not do this: a payment is overdue, a service is switched off, or its owner is not verified.":
    "该账号无法执行此操作：账号欠费、服务未开通，或未完成实名认证。",
  "Settle it in the vendor's console, then resume the run.": "在阿里云控制台处理后继续该运行。",
  "A quota of the account is used up.": "账号的某项配额已用尽。",
  "Delete what is no longer needed or ask for a higher quota in the console.":
    "删除不再需要的资源，或在控制台申请提高配额。",
  "The cloud asked to slow down, and still did after every retry.":
    "云端要求降低请求频率，多次重试后仍然如此。",
  "Run again later; lower `parallel`.": "稍后重新运行；降低 `parallel`。",
  "The endpoint could not be reached, or the connection broke, after every retry.":
    "多次重试后仍无法访问 Endpoint，或连接中断。",
  "Check the network, proxy and endpoint, then resume the run.":
    "检查网络、代理和 Endpoint，然后继续该运行。",
  "The endpoint answered something that is not the cloud's protocol.": "Endpoint 返回的内容不符合云端协议。",
  "A proxy may stand between; check it, then resume the run.": "中间可能有代理；检查后继续该运行。",
  "The cloud refused a call with a code Sampan has no special advice for.":
    "云端拒绝了一次调用，其错误码 Sampan 没有专门的建议。",
  "Look up the vendor's code in the details; the request id helps their support.":
    "请查阅详细信息中的阿里云错误码；RequestId 有助于阿里云技术支持排查。",
  "Waiting ended at the deadline; the cloud's task goes on.": "已到等待期限，停止等待；云端任务继续进行。",
  "Run `sampan resume` later to pick up the result.": "稍后执行 `sampan resume` 获取结果。",
  "The ECS instance does not exist in this region.": "该地域中不存在此 ECS 实例。",
  "Check the instance's id and region, and which account is used.": "检查实例 ID、地域以及所使用的账号。",
  "The ECS instance is not in a state that allows this, or does not reach the one that is waited for.":
    "ECS 实例的状态不允许此操作，或未达到所等待的状态。",
  "Look at the instance in the console, bring it to the state named, then resume the run.":
    "在控制台查看该实例，使其进入指定状态后继续该运行。",
  "The snapshot does not exist.": "快照不存在。",
  "It may have been deleted meanwhile; run the snapshot again.": "快照可能已被删除；请重新创建快照。",
  "The cloud started the snapshot and gave up on it.": "云端开始创建快照，但创建失败。",
  "Resume the run: it takes the snapshot anew. If it fails again, look at the disk in the console.":
    "继续该运行：会重新创建快照。如果再次失败，请在控制台查看该磁盘。",
  "ECS refused to make an image of the instance or its snapshots.": "ECS 拒绝用该实例或其快照创建镜像。",
  "ECS started to make the image and gave up on it.": "ECS 开始创建镜像，但创建失败。",
  "Resume the run: it makes the image anew. The snapshots are still there.":
    "继续该运行：会重新创建镜像。快照仍然存在。",
  "None of the instance types asked for can be had in the zones that were tried.":
    "在尝试过的可用区中，所要求的实例规格均无库存。",
  "Give more `instanceTypes`, or vSwitches in other zones, and resume the run.":
    "提供更多 `instanceTypes`，或其他可用区的交换机（vSwitch），然后继续该运行。",
  "The image cannot be launched as asked: image, instance type and network do not fit together.":
    "无法按要求启动该镜像：镜像、实例规格和网络不匹配。",
  "Read what does not fit in the message, correct the options of `launch`, and run again.":
    "请查看错误信息中不匹配之处，更正 `launch` 的选项后重新运行。",
  "The launched instance did not boot; its console says why.":
    "启动的实例未能完成引导；其控制台输出说明了原因。",
  "Read the lines in the details and the evidence file, mend the guest (see `assess` and `prepare`), and make the image anew.":
    "查看详细信息中的内容和证据文件，修复客户机系统（参见 `assess` 和 `prepare`），然后重新制作镜像。",
  "Another process already serves this simulator folder.": "另一个进程正在使用该模拟器目录。",
  "Point SAMPAN_SIMULATOR at the endpoint named in the details, or use another folder.":
    "将 SAMPAN_SIMULATOR 指向详细信息中的 Endpoint，或使用其他目录。",
  "The simulator's folder cannot be read or was written by another version.":
    "模拟器目录无法读取，或由其他版本写入。",
  "Use an empty folder.": "请使用空目录。",
  "The simulator cannot listen on that port.": "模拟器无法监听该端口。",
  "Choose another port, or 0 for any free one.": "请选择其他端口，或用 0 表示任意空闲端口。",
  "The plan is not valid.": "计划无效。",
  "Correct the field named in the message.": "更正错误信息中指出的字段。",
  "The plan file could not be loaded.": "无法加载计划文件。",
  "It must default-export a stage, an array of stages, or a function returning one.":
    "文件的默认导出必须是一个阶段、阶段数组，或返回二者之一的函数。",
  "There is no run by that id.": "没有该 ID 的运行。",
  "`sampan runs` lists the runs; SAMPAN_HOME says where they lie.":
    "`sampan runs` 可列出所有运行；SAMPAN_HOME 指定其存放位置。",
  "Another process is already working on this run or this host.": "另一个进程正在处理该运行或该主机。",
  "Follow it with `sampan attach` or stop it with `sampan cancel`; its id and process id are in the details.":
    "用 `sampan attach` 跟踪，或用 `sampan cancel` 停止；运行 ID 和进程 ID 见详细信息。",
  "The run was handed over to a fleet, which goes on with it.": "该运行已移交给机群，由其继续。",
  "Look at it, stop it and go on with it there: `sampan fleet status`, `cancel` and `resume`, with the store and prefix that the message names. Where it is lost there, `sampan fleet adopt --lost` takes it from where this machine left it.":
    "请在机群中查看、停止和继续：`sampan fleet status`、`cancel` 和 `resume`，并使用错误信息中的存储和前缀。若存储中已没有它，`sampan fleet adopt --lost` 会从本机停下之处接手。",
  "The process that worked on the run is gone, and the run has not ended.":
    "处理该运行的进程已消失，而运行尚未结束。",
  "Go on with it: `sampan resume` and its id.": "继续该运行：`sampan resume` 加运行 ID。",
  "The process that was to work on the run by itself could not be started, or ended before the run had started.":
    "用于独立执行运行的进程无法启动，或在运行开始前就已结束。",
  "Its last words are in the details; without `--detach` the run goes on in this terminal.":
    "其最后的输出见详细信息；不使用 `--detach` 时运行在当前终端中执行。",
  "The time given for waiting is over; what the cloud was asked to do goes on there.":
    "已到等待期限；已请求云端执行的操作会继续。",
  "`sampan resume` goes on where the run is, and picks up what the cloud has done meanwhile.":
    "`sampan resume` 从运行所在处继续，并获取云端在此期间完成的结果。",
  "The journal of the run cannot be read.": "运行日志无法读取。",
  "Start a new run; keep the folder if you want to report this.":
    "请开始新的运行；如需报告此问题，请保留该目录。",
  "The journal could not be written, so the run stopped before doing anything it could not record.":
    "无法写入运行日志，因此在执行任何无法记录的操作之前停止了运行。",
  "Free space or mend permissions in the run's folder, then resume.":
    "释放空间或修复运行目录的权限，然后继续。",
  "The command line is not understood.": "无法理解该命令行。",
  "`sampan --help` lists the commands, `sampan COMMAND --help` their options.":
    "`sampan --help` 列出所有命令，`sampan COMMAND --help` 列出命令的选项。",
  "The command would change a real account, or a host, and nobody can be asked whether it may.":
    "该命令将更改真实账号或主机，而当前无法向任何人确认。",
  "Pass `--yes`, or run it in a terminal.": "使用 `--yes`，或在终端中运行。",
  "The question whether to go on was answered with no; nothing was done.":
    "对是否继续的询问回答了“否”；未执行任何操作。",
  "Run the command again and answer `y`, or pass `--yes`.": "重新执行命令并回答 `y`，或使用 `--yes`。",
  "The code to explain is neither one of Sampan's nor a known one of the vendor.":
    "要解释的代码既不是 Sampan 的错误码，也不是已知的阿里云错误码。",
  "Copy the code exactly as it was printed; `sampan explain` alone lists Sampan's own.":
    "请原样复制打印出的代码；不带参数的 `sampan explain` 会列出 Sampan 的错误码。",
  "Nobody is working on the run, and it has not ended: there is nothing to follow.":
    "没有进程在执行该运行，而运行尚未结束：没有可跟踪的内容。",
  "The image that was written does not hold the same disk as its source.":
    "写出的镜像文件与其源的磁盘内容不一致。",
  "Check that the source is not being written to, and the medium of the destination; then convert again.":
    "检查源是否正在被写入，以及目标的存储介质；然后重新转换。",
  "The operating system refused to write a file the command was asked for.":
    "操作系统拒绝写入命令所要求的文件。",
  "Check the folder's permissions and free space.": "检查目录权限和可用空间。",
  "The disk of the demo is missing from this installation or damaged.": "安装包中的演示磁盘缺失或已损坏。",
  "Install the package again, or give a disk of your own: `sampan demo --disk FILE`.":
    "重新安装该软件包，或提供您自己的磁盘：`sampan demo --disk FILE`。",
  "The names of an account, which completion offers, could not be kept in the cache folder.":
    "补全时使用的账号内名称无法保存到缓存目录。",
  "Let this user write there, free space, or name another folder by SAMPAN_CACHE.":
    "请允许当前用户写入该目录、释放空间，或用 SAMPAN_CACHE 指定其他目录。",
  "The file that `sampan plan --out` wrote was edited or damaged since, or is of a later version.":
    "`sampan plan --out` 写出的文件之后被编辑或损坏，或来自更高版本。",
  "Write it anew with `sampan plan PLAN --out plan.json`; what is to be changed is changed in the plan itself.":
    "请用 `sampan plan PLAN --out plan.json` 重新写出；需要更改的内容应在计划本身中更改。",
  "The source, or something in the cloud, is no longer what the plan was written for.":
    "迁移源或云上的内容与写出计划时已不一致。",
  "Look at what it would do now and write it anew: `sampan plan PLAN --out plan.json`. `--changed-world accept` runs it on the world as it is.":
    "请查看现在将执行的操作并重新写出：`sampan plan PLAN --out plan.json`。指定 `--changed-world accept` 则按当前实际情况运行。",
  "Pass the flag that the hint names, `--yes`, or `--confirm NAME` for what cannot be taken back; or run it in a terminal.":
    "请使用提示中给出的选项：`--yes`，对于无法撤销的操作则用 `--confirm NAME`；或在终端中运行。",
  "The question whether to go on was not answered with yes, or with the name asked for; nothing was done.":
    "对是否继续的询问没有回答 `y`，或没有输入所要求的名称；未执行任何操作。",
  "Run the command again and answer `y`, or type the name; or pass `--yes`, or `--confirm NAME`.":
    "请再次执行该命令并回答 `y` 或输入名称；也可使用 `--yes` 或 `--confirm NAME`。",
  "A statement of a script of the shell threw an error of its own, or of a library it uses.":
    "Shell 脚本中的语句抛出了其自身或所用库的错误。",
  "Mend the statement that the message names; `sampan shell` evaluates it by itself.":
    "请修正错误信息指出的语句；可用 `sampan shell` 单独执行它。",
  "A configuration file cannot be read or, where it computes its settings, ended in an error.":
    "无法读取配置文件，或计算设置的配置文件执行出错。",
  "Correct the file at the place named, or pass `--no-config` to do without.":
    "请更正文件中指出的位置，或使用 `--no-config` 不读取配置文件。",
  "A configuration file, or a variable, says something no setting takes.":
    "配置文件或环境变量中的内容不是任何设置可取的值。",
  "`sampan config` lists the settings and what each takes.": "`sampan config` 可列出所有设置及其可取的值。",
  "A configuration file holds a secret; none belongs there, since such files are shared.":
    "配置文件中含有密钥；这类文件会与他人共享，不应存放密钥。",
  "Delete it from the file and make it invalid in the console; give credentials to `aliyun configure`, or by variables.":
    "请从文件中删除该密钥并在控制台中使其失效；凭证应通过 `aliyun configure` 或环境变量提供。",
};
