/**
 * The scripts that hold a moment on a Linux host. They are constants: everything foreign comes as an argument.
 *
 * They are POSIX sh as dash, busybox (whose fsfreeze knows long options only) and the bash of CentOS 5 read it, and use nothing that writes to a disk: no here-document,
 * no command that keeps a history, no LVM backup. All of them share one folder on the host, on a file system in memory, that only
 * root may enter:
 *
 *     sampan/ID/deadline   seconds of /proc/uptime at which the host lets go
 *     sampan/ID/over       1 once it has begun to
 *     sampan/ID/ended      there once somebody asked for that, whatever the lease says
 *     sampan/ID/watcher    process id of the watchdog
 *     sampan/ID/snapshots  lines GROUP/NAME: what is to be removed
 *     sampan/ID/frozen     lines MOUNT POINT: what is to be thawed, by the program named in sampan/ID/freezer
 *     sampan/ID/moment     the moment as JSON, so that holding it again gives the same
 *
 * A renewal writes the deadline and then looks at `over`; the watchdog writes `over` and then looks at the deadline again. So
 * the two never believe different things: whoever comes second sees what the first has written.
 */

const prelude = `
PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
LC_ALL=C
LVM_SUPPRESS_FD_WARNINGS=1
export PATH LC_ALL LVM_SUPPRESS_FD_WARNINGS
umask 077
set -f
freeze() { case $1 in fsfreeze) fsfreeze --freeze "$2" ;; *) "$1" -f "$2" ;; esac; }
unfreeze() { case $1 in fsfreeze) fsfreeze --unfreeze "$2" ;; *) "$1" -u "$2" ;; esac; }
quiet='backup { backup = 0 archive = 0 }'
uptime_s() { up=; read -r up rest < /proc/uptime; up=\${up%%.*}; }
renew() { uptime_s; echo $((up + $2 + 1)) > "$1/deadline"; }
watcher_alive() { pid=; read -r pid 2>/dev/null < "$1/watcher"; [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
find_home() {
  home=
  for want in /run /dev/shm /var/run /dev; do
    while read -r device point type rest; do
      case $type in tmpfs|ramfs|devtmpfs) [ "$point" = "$want" ] && home=$want/sampan ;; esac
    done < /proc/mounts
    [ -z "$home" ] || return 0
  done
  return 1
}
`;

/** Removes what a folder lists; idempotent. Leaves the folder when something could not be undone. */
const letGo = `
snapshot_found() {
  found=unknown
  list=$(lvs --config "$quiet" --noheadings --separator '|' -o lv_name,lv_attr,lv_tags "\${1%%/*}" 2>/dev/null </dev/null) || return 0
  found=no
  for line in $list; do
    case $line in
      "\${1#*/}|"[sS]*'|'*) case ,\${line##*|}, in *,sampan,*) case ,\${line##*|}, in *",sampan.id.$2,"*) found=yes ;; esac ;; esac ;;
    esac
  done
}
remove_snapshot() {
  case \${1#*/} in sampan-*) ;; *) return 0 ;; esac
  tries=0
  while :; do
    snapshot_found "$1" "$2"
    [ "$found" = no ] && return 0
    tries=$((tries + 1))
    [ "$tries" -gt "$3" ] && return 1
    [ "$found" = yes ] && lvremove --config "$quiet" -f "$1" </dev/null >&2 && continue
    sleep 2
  done
}
thaw() {
  tries=0
  while :; do
    said=$(unfreeze "$1" "$2" 2>&1 </dev/null) && return 0
    case $said in *"nvalid argument"*|*"No such file"*) return 0 ;; esac
    tries=$((tries + 1))
    [ "$tries" -ge 60 ] && return 1
    sleep 1
  done
}
let_go() {
  failed=0
  if [ -s "$1/frozen" ]; then
    freezer=fsfreeze
    read -r freezer < "$1/freezer"
    while IFS= read -r point; do [ -z "$point" ] || thaw "$freezer" "$point" || failed=1; done < "$1/frozen"
  fi
  if [ -s "$1/snapshots" ]; then
    while IFS= read -r one; do remove_snapshot "$one" "\${1##*/}" "$2" || failed=1; done < "$1/snapshots"
  fi
  [ "$failed" = 0 ] || return 1
  rm -rf "$1"
  rmdir "\${1%/*}" 2>/dev/null
  return 0
}
`;

/**
 * The watchdog: `$1` is the folder. It outlives the connection that started it: it leads a session of its own, ignores hang-ups
 * and leaves the control group that systemd ends with the session. After its start it needs `sleep` and, at the end, the thawing
 * or removing program; reading programs from a frozen file system is possible. Told to end, as when the host shuts down, it lets
 * go first.
 */
export const watchScript = `${prelude}${letGo}
dir=$1
stop=0
trap '' HUP INT
trap 'stop=1' TERM
cd /
for group in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/systemd/cgroup.procs /sys/fs/cgroup/unified/cgroup.procs; do
  [ -w "$group" ] && echo $$ > "$group"
done
echo $$ > "$dir/watcher"
blank=0
while [ -d "$dir" ]; do
  deadline=
  read -r deadline < "$dir/deadline"
  case $deadline in ''|*[!0-9]*) blank=$((blank + 1)); deadline=0 ;; *) blank=0 ;; esac
  uptime_s
  due=0
  [ "$blank" = 0 ] && [ "$up" -ge "$deadline" ] && due=1
  [ -e "$dir/ended" ] && stop=1
  if [ "$due" = 1 ] || [ "$stop" = 1 ] || [ "$blank" -gt 3 ]; then
    echo 1 > "$dir/over"
    if [ "$due" = 1 ] && [ "$stop" = 0 ]; then
      again=0
      read -r again < "$dir/deadline"
      uptime_s
      case $again in ''|*[!0-9]*) again=0 ;; esac
      if [ "$up" -lt "$again" ]; then echo 0 > "$dir/over"; continue; fi
    fi
    let_go "$dir" 300
    exit
  fi
  sleep 1
done
`;

/**
 * Makes the folder of a moment and starts its watchdog: `$1` id, `$2` lease in seconds, `$3` the watchdog's script. Says
 * `made FOLDER`, `exists FOLDER`, `no-memory` or `unsafe FOLDER`.
 */
export const beginScript = `${prelude}
find_home || { echo no-memory; exit 0; }
id=$1
lease=$2
watch=$3
mkdir "$home" 2>/dev/null
set -- $(ls -ldn "$home")
case "$1 $3" in "drwx------"*" 0") ;; *) echo "unsafe $home"; exit 0 ;; esac
dir=$home/$id
mkdir "$dir" 2>/dev/null || { echo "exists $dir"; exit 0; }
echo 0 > "$dir/over"
renew "$dir" "$lease"
if command -v setsid >/dev/null 2>&1; then
  setsid sh -c "$watch" sampan-watchdog "$dir" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
else
  sh -c "$watch" sampan-watchdog "$dir" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
fi
tries=0
until watcher_alive "$dir"; do
  tries=$((tries + 1))
  if [ "$tries" -gt 20 ]; then rm -rf "$dir"; echo "no watchdog can be started" >&2; exit 3; fi
  sleep 0.1 2>/dev/null || sleep 1
done
echo "made $dir"
`;

/** Tells of the folder of a moment: `$1` id; with `$2`, a lease in seconds, it is renewed first. */
export const statusScript = `${prelude}
find_home || { echo gone; exit 0; }
dir=$home/$1
[ -d "$dir" ] || { echo gone; exit 0; }
over=1
read -r over < "$dir/over"
if [ -n "$2" ] && [ "$over" = 0 ]; then renew "$dir" "$2"; read -r over < "$dir/over"; fi
[ -e "$dir/ended" ] && over=1
deadline=0
read -r deadline < "$dir/deadline"
uptime_s
alive=0
watcher_alive "$dir" && alive=1
echo "folder $dir"
if [ "$over" = 0 ] && [ "$alive" = 1 ] && [ "$up" -lt "\${deadline:-0}" ]; then echo held; else echo over; fi
if [ -f "$dir/moment" ]; then echo moment; cat "$dir/moment"; fi
`;

/** Keeps its standard input as the moment of the folder `$1`, and renews the lease of `$2` seconds. */
export const keepScript = `${prelude}
cat > "$1/moment.new" && mv "$1/moment.new" "$1/moment" && renew "$1" "$2"
`;

/**
 * Makes snapshots: `$1` folder, `$2` lease in seconds, `$3` device of the disk, `$4` program that freezes, `$5` how many mount
 * points follow, then these, then for each volume its group, its name, the snapshot's name and its extents.
 *
 * The mount points are frozen while the snapshots are made; one that cannot be is told by `unfrozen N`, counted from 0. The
 * volumes themselves are not: making a snapshot freezes what lies on them, and fails where that is done already.
 */
export const snapshotScript = `${prelude}
dir=$1
lease=$2
disk=$3
freezer=$4
count=$5
shift 5
id=\${dir##*/}
renew "$dir" "$lease"
sync
echo "$freezer" > "$dir/freezer"
thaw_all() {
  [ -s "$dir/frozen" ] || return 0
  while IFS= read -r point; do [ -z "$point" ] || unfreeze "$freezer" "$point" >&2 </dev/null; done < "$dir/frozen"
  echo > "$dir/frozen"
}
trap 'thaw_all; echo 1 > "$dir/ended"; exit 3' HUP INT PIPE TERM
at=0
while [ "$at" -lt "$count" ]; do
  printf '%s\\n' "$1" >> "$dir/frozen"
  if ! freeze "$freezer" "$1" >&2 </dev/null; then
    sed '$d' "$dir/frozen" > "$dir/frozen.new"
    mv "$dir/frozen.new" "$dir/frozen"
    echo "unfrozen $at"
  fi
  at=$((at + 1))
  shift
done
read -r from rest < /proc/uptime
failed=0
while [ $# -ge 4 ]; do
  printf '%s\\n' "$1/$3" >> "$dir/snapshots"
  lvcreate --config "$quiet" -s -p r --addtag sampan --addtag "sampan.id.$id" -l "$4" -n "$3" "$1/$2" >&2 </dev/null || { failed=1; break; }
  shift 4
done
read -r to rest < /proc/uptime
thaw_all
if [ "$failed" = 1 ]; then echo 1 > "$dir/ended"; exit 3; fi
blockdev --flushbufs "$disk" 2>/dev/null
renew "$dir" "$lease"
echo "took $from $to"
`;

/**
 * Freezes file systems: `$1` folder, `$2` lease in seconds, `$3` device of the disk, `$4` program that freezes, then mount
 * points in the order in which they are frozen. Says `frozen`, or `failed N` and what was said on the error stream; then the
 * watchdog thaws what was frozen before.
 */
export const freezeScript = `${prelude}
dir=$1
lease=$2
disk=$3
freezer=$4
shift 4
watcher_alive "$dir" || { echo "the watchdog is gone" >&2; exit 3; }
echo "$freezer" > "$dir/freezer"
sync
renew "$dir" "$lease"
at=0
for point in "$@"; do
  printf '%s\\n' "$point" >> "$dir/frozen"
  if ! freeze "$freezer" "$point" >&2 </dev/null; then
    sed '$d' "$dir/frozen" > "$dir/frozen.new"
    mv "$dir/frozen.new" "$dir/frozen"
    echo 1 > "$dir/ended"
    echo "failed $at"
    exit 0
  fi
  at=$((at + 1))
done
renew "$dir" "$lease"
blockdev --flushbufs "$disk" 2>/dev/null
over=1
read -r over < "$dir/over"
[ -e "$dir/ended" ] && over=1
[ "$over" = 0 ] || { echo "the lease ended meanwhile" >&2; exit 3; }
echo frozen
`;

/**
 * Renews a lease for as long as it is spoken to: `$1` folder, `$2` lease in seconds, then device-mapper names of snapshots.
 * Each line of its input is a renewal; it answers `held` or `lost`, for each snapshot `status` and what dmsetup says, and `end`.
 * Without snapshots it runs no program, so that it works while the file system of the programs is frozen.
 */
export const keeperScript = `${prelude}
dir=$1
lease=$2
shift 2
while read -r line; do
  over=1
  if [ -d "$dir" ]; then
    renew "$dir" "$lease"
    read -r over < "$dir/over"
    [ -e "$dir/ended" ] && over=1
  fi
  if [ "$over" != 0 ]; then echo lost; echo end; exit 0; fi
  echo held
  for name in "$@"; do
    said=$(dmsetup status "$name" 2>/dev/null </dev/null)
    printf 'status %s\\n' "$said"
  done
  echo end
done
`;

/**
 * Lets go of a moment: `$1` id, then snapshots as `GROUP/NAME`, which are removed also when the folder is gone, as after a
 * restart. The watchdog does it where it lives, so that never two do. Says `gone` or `left`.
 */
export const releaseScript = `${prelude}${letGo}
id=$1
shift
if find_home && [ -d "$home/$id" ]; then
  dir=$home/$id
  echo 1 > "$dir/ended"
  while [ -d "$dir" ] && watcher_alive "$dir"; do sleep 0.2 2>/dev/null || sleep 1; done
  [ -d "$dir" ] && { let_go "$dir" 30 || { echo left; exit 0; }; }
fi
for one in "$@"; do
  remove_snapshot "$one" "$id" 30 || { echo left; exit 0; }
done
echo gone
`;

/** Lists what Sampan has on the host: `lv` lines of LVM, where it is there, and `moment ID held|over`. Changes nothing. */
export const leftoverScript = `${prelude}
if command -v lvs >/dev/null 2>&1; then
  for line in $(lvs --config "$quiet" --noheadings --separator '|' -o vg_name,lv_name,lv_attr,lv_tags 2>/dev/null </dev/null); do printf 'lv %s\\n' "$line"; done
fi
find_home || exit 0
set +f
for dir in "$home"/*/; do
  dir=\${dir%/}
  [ -f "$dir/deadline" ] || continue
  over=1
  deadline=0
  read -r over < "$dir/over"
  [ -e "$dir/ended" ] && over=1
  read -r deadline < "$dir/deadline"
  uptime_s
  state=over
  watcher_alive "$dir" && [ "$over" = 0 ] && [ "$up" -lt "\${deadline:-0}" ] && state=held
  echo "moment \${dir##*/} $state"
done
`;

/**
 * Looks at the host: `$1` is the disk's device. Lines say of the device, the kernel, programs that are there, block devices with
 * their numbers and what they lie on, and mounted file systems. Drops what the kernel keeps of the device in memory, which
 * writes through its partitions pass by; changes nothing.
 */
export const lookScript = `${prelude}
set +f
disk=$(readlink -f "$1" 2>/dev/null) || disk=$1
blockdev --flushbufs "$disk" 2>/dev/null
printf 'disk %s\\n' "$disk"
read -r kernel < /proc/sys/kernel/osrelease
printf 'kernel %s\\n' "$kernel"
for tool in lvs lvcreate lvremove dmsetup fsfreeze xfs_freeze; do
  command -v "$tool" >/dev/null 2>&1 && echo "tool $tool"
done
tell() { number=; read -r number < "$2/dev"; printf 'device %s %s\\n' "$1" "$number"; }
for entry in /sys/block/*; do
  name=\${entry##*/}
  [ -f "$entry/dev" ] || continue
  tell "$name" "$entry"
  uuid=
  [ -f "$entry/dm/uuid" ] && read -r uuid < "$entry/dm/uuid"
  [ -n "$uuid" ] && printf 'mapped %s %s\\n' "$name" "$uuid"
  for part in "$entry/$name"*; do
    [ -f "$part/dev" ] || continue
    tell "\${part##*/}" "$part"
    printf 'under %s %s\\n' "\${part##*/}" "$name"
  done
  for slave in "$entry"/slaves/*; do
    [ -e "$slave" ] && printf 'under %s %s\\n' "$name" "\${slave##*/}"
  done
done
[ -f /proc/self/mountinfo ] && sed 's/^/mount /' /proc/self/mountinfo
`;

/** What LVM knows: `lv` and `vg` lines. */
export const lvmScript = `${prelude}
list() { kind=$1; shift; said=$("$@" </dev/null) || exit 3; for line in $said; do printf '%s %s\\n' "$kind" "$line"; done; }
list lv lvs --config "$quiet" --noheadings --separator '|' -o vg_name,lv_name,lv_uuid,lv_attr,lv_tags
list vg vgs --config "$quiet" --noheadings --separator '|' --units b --nosuffix -o vg_name,vg_extent_size,vg_free_count
`;
