/*
 * The one program Sampan runs on a Linux host to learn about it. It is one file, and long, because it is one text: what is shown by
 * `--show-probe` is all that is run. Plain POSIX sh, for dash, bash 3 and the ash of busybox alike.
 */

/** The probe's text: a constant, into which nothing is ever put. What is wanted comes as arguments. */
export const probeScript = `# Sampan looks at a Linux host: https://github.com/sampan-migration/sampan
#
# It only reads: no file is written, no setting changed, no program of the host's own started but those named here:
# od (or hexdump), sed, ls, readlink, dd, df, uname, stat, gzip. What it says goes to its standard output as fields, each
# ended by a NUL byte; bytes of files and disks stand in them as hexadecimal digits.
#
# Arguments: the folder under which the host's root is seen ("" for /), then what is wanted:
#   all                       everything a first look needs
#   disks                     the disks and what lies on what
#   look PATH                 what is at a path
#   list PATH                 the names in a folder
#   take PATH LIMIT           the beginning of a file
#   piece DISK FIRST COUNT    blocks of 4096 bytes of a disk, by the name the kernel gives it

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
unset CDPATH
nl='
'
root=$1
shift
cd -P "$root/" 2>/dev/null || exit 3
case $PWD in /) root= ;; *) root=$PWD ;; esac
listed=$nl
taken=$nl
sized=

# say FIELD…: fields of an answer.
say() { printf '%s\\0' "$@"; }

# hex LIMIT: the first bytes of the input as digits.
if case "$(printf 'A\\n' | od -An -v -tx1 -N 1 2>/dev/null)" in *41*) true ;; *) false ;; esac; then
  hex() { od -An -v -tx1 -N "$1"; }
elif case "$(printf 'A\\n' | hexdump -v -n 1 -e '/1 "%02x"' 2>/dev/null)" in 41) true ;; *) false ;; esac; then
  hex() { hexdump -v -n "$1" -e '/1 "%02x"'; }
else
  say sampan-probe 1 missing od end
  exit 0
fi

# aim NAME: where a link points.
if command -v readlink >/dev/null 2>&1; then
  aim() { readlink "$1"; }
else
  aim() {
    line=$(ls -ld "$1" 2>/dev/null)
    printf '%s\\n' "\${line#*"$1 -> "}"
  }
fi

# bytes_of NAME: the size of a file, without reading it.
bytes_of() {
  set -f
  set -- $(ls -ldnL "$1" 2>/dev/null)
  set +f
  printf '%s' "$5"
}

# inside: whether we are still under the root; "here" is then where.
inside() {
  case $PWD/ in "$root"/*) ;; *) return 1 ;; esac
  here=\${PWD#"$root"}
  case $here in /) here= ;; esac
}

# tell NAME: what a name of the folder we are in is. "kind" keeps it, and "goal" where a link points.
tell() {
  goal=
  if [ -h "./$1" ]; then
    kind=link
    goal=$(aim "./$1" 2>/dev/null && echo .)
    goal=\${goal%"$nl".}
  elif [ -f "./$1" ]; then
    kind=file
    [ "$sized" ] && goal=$(bytes_of "./$1")
  elif [ -d "./$1" ]; then kind=folder
  elif [ -e "./$1" ]; then kind=other
  else kind=absent
  fi
  say node "$kind" "$here/$1" "$goal"
}

# look PATH: what is at a path, or the first part of it that is not there.
look() {
  kind=absent
  parent=\${1%/*}
  name=\${1##*/}
  case $name in . | .. | '') return 1 ;; esac
  if cd -P "$root$parent/" 2>/dev/null; then
    inside || return 1
    tell "$name"
  elif [ "$parent" ]; then
    look "$parent"
    kind=absent
  fi
}

# list PATH [brief]: the names in a folder. Brief lists leave out where links point.
list() {
  cd -P "$root$1/" 2>/dev/null || return 1
  inside || return 1
  case $listed in *"$nl$here/$nl"*) return 0 ;; esac
  listed="$listed$here/$nl"
  count=0
  for name in * .[!.]* ..?*; do
    [ -e "./$name" ] || [ -h "./$name" ] || continue
    count=$((count + 1))
    if [ "$count" -gt 20000 ]; then
      say unread "\${here:-/}"
      return 1
    fi
    if [ "$2" ]; then
      if [ -h "./$name" ]; then kind=link
      elif [ -f "./$name" ]; then kind=file
      elif [ -d "./$name" ]; then kind=folder
      else kind=other
      fi
      say node "$kind" "$here/$name" ''
    else tell "$name"
    fi
  done
  say listed "\${here:-/}"
}

# clean PATH: the input, without what is secret or of no use for the facts.
clean() {
  case $1 in
    */etc/shadow)
      # Of root alone, and of its password only whether there is one.
      sed -n -e 's/^root:\\([!*]\\).*/root:\\1:/p' -e 's/^root:[^!*:].*/root:x:/p' -e 's/^root:\\(:.*\\)\\{0,1\\}$/root::/p' ;;
    */etc/passwd)
      sed -n -e 's/^root:[^:]*:/root:x:/p' ;;
    */authorized_keys | */authorized_keys2)
      # Only that there is a key.
      sed -n -e 's/^[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]][[:space:]]*[^[:space:]].*/ssh-key x/p' ;;
    */etc/cloud/*)
      sed -n -e '/^datasource_list[[:space:]]*:/,/^[A-Za-z_]/p' |
        sed -e '/^datasource_list[[:space:]]*:/!s/^\\([A-Za-z_][^:]*:\\).*/\\1/' ;;
    */modules.dep)
      sed -n -e 's/:.*//' -e '/virtio/p' -e '/nvme/p' ;;
    */modules.builtin | */boot/config-* | */lib/modules/*/config)
      sed -n -e '/virtio/p' -e '/nvme/p' -e '/VIRTIO/p' -e '/NVME/p' ;;
    */grub.cfg | */grub.conf | */menu.lst | */lilo.conf | */extlinux.conf | */syslinux.cfg)
      sed -e 's/^\\([[:space:]]*password[A-Za-z0-9_]*[=[:space:]]\\).*/\\1x/' ;;
    */etc/fstab)
      sed -e 's/\\(pass[a-z0-9]*=\\)[^,[:space:]]*/\\1x/g' ;;
    */netplan/*)
      # What stands in braces on one line stays a mapping.
      sed -e 's/\\([Pp]assword["'\\'']\\{0,1\\}[[:space:]]*:[[:space:]]*\\)"[^"]*"/\\1x/g' \\
        -e 's/\\([Pp]assword["'\\'']\\{0,1\\}[[:space:]]*:[[:space:]]*\\)'\\''[^'\\'']*'\\''/\\1x/g' \\
        -e 's/\\([Pp]assword["'\\'']\\{0,1\\}[[:space:]]*:[[:space:]]*\\)[^"'\\''{,}[:space:]][^,}]*/\\1x/g' \\
        -e 's/\\([[:space:]]psk[[:space:]]*:[[:space:]]*\\)[^{,}[:space:]][^,}]*/\\1x/g' \\
        -e 's/\\([[:space:]]private[[:space:]]*:[[:space:]]*\\)[^{,}[:space:]][^,}]*/\\1x/g' \\
        -e 's/\\([[:space:]]keys\\{0,1\\}[[:space:]]*:[[:space:]]*\\)[^{,}[:space:]][^,}]*/\\1x/g' ;;
    */system-connections/* | */etc/network/* | */etc/sysconfig/network* | */etc/systemd/network/* | */etc/conf.d/*)
      sed -e 's/^\\([^=#]*[Pp][Aa][Ss][Ss][A-Za-z0-9_-]*[[:space:]]*[=[:space:]]\\).*/\\1x/' \\
        -e 's/^\\([^=#]*[Pp][Ss][Kk][0-9]*[[:space:]]*[=[:space:]]\\).*/\\1x/' \\
        -e 's/^\\([^=#]*[Ss][Ee][Cc][Rr][Ee][Tt][A-Za-z0-9_-]*[[:space:]]*[=[:space:]]\\).*/\\1x/' \\
        -e 's/^\\([^=#]*[Kk][Ee][Yy][A-Za-z0-9_-]*[[:space:]]*[=[:space:]]\\).*/\\1x/' ;;
    *) cat ;;
  esac
}

# take PATH LIMIT: the beginning of a file. Links on the way are told.
take() {
  path=$1
  hops=0
  while look "$path"; do
    case $kind in
      file) break ;;
      link) ;;
      *) return 0 ;;
    esac
    hops=$((hops + 1))
    [ "$hops" -gt 8 ] && return 0
    case $goal in
      /*) path=$goal ;;
      *) path=$here/$goal ;;
    esac
  done
  [ "$kind" = file ] || return 0
  path=$here/$name
  case $taken in *"$nl$path$nl"*) return 0 ;; esac
  taken="$taken$path$nl"
  case $path in
    */etc/gshadow* | */etc/shadow?* | */ssh_host_*_key | /proc/kcore | /proc/kmsg)
      say unread "$path"
      return 0 ;;
  esac
  if [ -r "./$name" ]; then
    printf 'bytes\\0%s\\0%s\\0' "$path" "$2"
    clean "$path" <"./$name" 2>/dev/null | hex "$2" 2>/dev/null
    printf '\\0'
  else say unread "$path"
  fi
}

# value NAME KEY FILE: the first line of a file of the kernel, as a property of a block device.
value() {
  v=
  [ -f "$3" ] && { read -r v <"$3"; } 2>/dev/null
  case $v in '') ;; *) say block "$1" "$2" "$v" ;; esac
}

# node_of NAME: the path of a block device the kernel calls so.
node_of() {
  case $1 in
    *!*) printf '%s' "$root/dev/\${1%%!*}/\${1#*!}" ;;
    *) printf '%s' "$root/dev/$1" ;;
  esac
}

# device NAME FOLDER: properties of a block device.
device() {
  value "$1" dev "$2/dev"
  number=$v
  value "$1" size "$2/size"
  n=$(node_of "$1")
  # In a container a name may be there for another device than the one /sys means.
  if [ -b "$n" ] && [ "$(number_of "$n")" = "$number" ]; then say block "$1" node block
  elif [ -f "$n" ]; then say block "$1" node file
  fi
}

# disks: every block device but those without a medium of their own.
disks() {
  for b in "$root"/sys/block/*; do
    one=\${b##*/}
    case $one in '*' | loop* | ram* | zram* | sr* | scd* | fd[0-9]* | nbd*) continue ;; esac
    device "$one" "$b"
    for k in removable ro serial wwid uuid; do value "$one" "$k" "$b/$k"; done
    for k in serial wwid vendor model type unique_id cid nodename; do value "$one" "device/$k" "$b/device/$k"; done
    for k in dm/name dm/uuid md/level; do value "$one" "$k" "$b/$k"; done
    if [ -r "$b/device/vpd_pg80" ]; then
      printf 'block\\0%s\\0vpd80\\0' "$one"
      hex 256 <"$b/device/vpd_pg80" 2>/dev/null
      printf '\\0'
    fi
    for p in "$b"/slaves/*; do
      [ -e "$p" ] || [ -h "$p" ] || continue
      say block "$one" slave "\${p##*/}"
    done
    for p in "$b/$one"*; do
      [ -f "$p/dev" ] || continue
      say block "\${p##*/}" parent "$one"
      device "\${p##*/}" "$p"
      for k in partition start; do value "\${p##*/}" "$k" "$p/$k"; done
    done
  done
  for p in "$root"/dev/disk/by-id/*; do
    [ -h "$p" ] || continue
    v=$(aim "$p" 2>/dev/null)
    say by-id "\${v##*/}" "\${p##*/}"
  done
  # Kernels before 2.6.29 do not say in /sys what a device of the device mapper is.
  for b in "$root"/sys/block/dm-*; do
    [ -d "$b" ] || continue
    [ -d "$b/dm" ] && continue
    one=\${b##*/}
    { read -r v <"$b/dev"; } 2>/dev/null || continue
    v=$(dmsetup info -c --noheadings --separator ' ' -o name,uuid -j "\${v%%:*}" -m "\${v##*:}" 2>/dev/null)
    [ "$v" ] || continue
    say block "$one" dm/name "\${v%% *}"
    say block "$one" dm/uuid "\${v#* }"
  done
}

# number_of DEVICE: major and minor number of a device file.
number_of() {
  set -f
  set -- $(ls -ldnL "$1" 2>/dev/null)
  set +f
  case $1 in
    b*) case $5 in *,) printf '%s:%s' "\${5%,}" "$6" ;; *,*) printf '%s:%s' "\${5%%,*}" "\${5##*,}" ;; esac ;;
  esac
}

# mounts [brief]: what is mounted from devices of this host and, unless brief, how full it is.
mounts() {
  [ -r "$root/proc/mounts" ] || return 0
  top=
  topname=
  short=$1
  while read -r from at type rest; do
    case $at in / | /boot | /boot/* | /efi) say mount "$from" "$at" "$type" ;; esac
    case $from in /dev/*) ;; *) continue ;; esac
    v=$(number_of "$root$from")
    say device "$from" "$v"
    [ "$at" = / ] && {
      top=$v
      topname=\${from#/dev/}
    }
    [ "$short" ] && continue
    case $at in
      *\\\\*) at=$(printf '%b' "$(printf '%s' "$at" | sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g')") ;;
    esac
    [ -d "$root$at" ] || continue
    set -f
    set -- $(df -P -k "$root$at" 2>/dev/null | sed -n 2p)
    k="$2 $3"
    set -- $(df -P -i "$root$at" 2>/dev/null | sed -n 2p)
    set +f
    say use "$at" "$from" "$k" "$2 $3"
  done <"$root/proc/mounts"
  # The number of the device at / where /proc/mounts names one that is not there, such as /dev/root.
  if [ -z "$root" ]; then
    v=$(mountpoint -d / 2>/dev/null)
    [ "$v" ] || v=$(stat -c %d / 2>/dev/null)
    say host root-number "$v"
    [ "$top" ] || case $v in *:*) top=$v ;; esac
  fi
}

# piece DISK FIRST COUNT
piece() {
  n=$(node_of "$1")
  [ -b "$n" ] || [ -f "$n" ] || return 0
  printf 'piece\\0%s\\0%s\\0' "$1" "$2"
  dd if="$n" bs=4096 skip="$2" count="$3" 2>/dev/null | hex $(($3 * 4096))
  printf '\\0'
}

# below NAME: the disks a block device lies on.
below() {
  if [ -d "$root/sys/block/$1" ]; then
    lower=
    for s in "$root/sys/block/$1"/slaves/*; do
      [ -e "$s" ] || [ -h "$s" ] || continue
      lower="$lower \${s##*/}"
    done
    case $lower in '') bottom="$bottom $1" ;; esac
    for s in $lower; do
      depth=$((depth + 1))
      [ "$depth" -gt 32 ] || below "$s"
    done
  else
    for s in "$root"/sys/block/*/"$1"; do
      [ -d "$s" ] || continue
      s=\${s%/*}
      case $bottom in *" \${s##*/}") ;; *) bottom="$bottom \${s##*/}" ;; esac
    done
  fi
}

# heads: the beginnings of the disks under / and of their partitions, and the ends, where a spare table lies.
heads() {
  bottom=
  depth=0
  for b in "$root"/sys/block/* "$root"/sys/block/*/*; do
    [ -f "$b/dev" ] || continue
    { read -r v <"$b/dev"; } 2>/dev/null
    [ "$v" = "$top" ] || [ "\${b##*/}" = "$topname" ] && below "\${b##*/}"
  done
  many=0
  for one in $bottom; do
    many=$((many + 1))
    [ "$many" -gt 2 ] && break
    piece "$one" 0 40
    { read -r v <"$root/sys/block/$one/size"; } 2>/dev/null
    [ "$v" -gt 640 ] && piece "$one" $((v / 8 - 2)) 3
    parts=0
    for b in "$root/sys/block/$one/$one"*; do
      [ -f "$b/start" ] || continue
      parts=$((parts + 1))
      [ "$parts" -gt 16 ] && break
      { read -r v <"$b/start"; } 2>/dev/null
      piece "$one" $((v / 8)) 41
    done
  done
}

# everything: a first look.
everything() {
  say host kernel "$(uname -r 2>/dev/null)"
  say host machine "$(uname -m 2>/dev/null)"
  say host name "$(uname -n 2>/dev/null)"
  [ -d "$root/sys/firmware/efi" ] && say host firmware uefi
  disks
  mounts
  heads

  for p in /bin /sbin /lib /lib64 /usr /etc /boot /efi /var /root /extlinux.conf /syslinux.cfg; do look "$p"; done
  list /usr brief
  list /etc brief
  sized=1
  list /boot
  for p in /boot/loader/entries /efi /efi/loader/entries /boot/efi/loader/entries /boot/ostree '/boot/ostree/*'; do
    list_all "$p"
  done
  sized=
  for p in /boot/efi /boot/efi/EFI '/boot/efi/EFI/*' /boot/EFI '/boot/EFI/*' /efi/EFI '/efi/EFI/*' /boot/grub /boot/grub2 \\
    /boot/extlinux /boot/syslinux /etc/rc.d /etc/init.d; do
    list_all "$p" brief
  done

  for p in /etc/systemd/system /usr/lib/systemd/system /lib/systemd/system; do
    case $p in /etc/*) list "$p" ;; *) list "$p" brief ;; esac
    for q in "$root$p"/*.wants "$root$p"/*.requires "$root$p"/ssh*.socket.d "$root$p"/dropbear.socket.d; do
      [ -d "$q" ] && list "\${q#"$root"}" brief
    done
    for q in ssh.socket sshd.socket dropbear.socket; do take "$p/$q" 65536; done
  done
  for p in /etc /etc/rc.d /etc/init.d; do
    for q in rcS.d boot.d rc2.d rc3.d rc4.d rc5.d init.d; do
      [ -d "$root$p/$q" ] && list "$p/$q" brief
    done
  done
  for p in /etc/init /etc/runlevels /etc/runlevels/sysinit /etc/runlevels/boot /etc/runlevels/default /lib/modules \\
    /usr/lib/systemd/system-generators; do
    list "$p" brief
  done

  # Programs, of which only the head is of interest, or whether they are there.
  for p in /bin/sh /sbin/init; do take "$p" 64; done
  for p in /usr/sbin/init /bin/init /usr/sbin/sshd /usr/bin/sshd /usr/sbin/dropbear /usr/bin/dropbear /usr/bin/cloud-init \\
    /usr/local/bin/cloud-init /usr/sbin/cloud-init /usr/bin/growpart /usr/sbin/growpart /sbin/lilo /boot/map; do
    look "$p"
  done
  for p in /etc/pki/consumer/cert.pem /etc/sysconfig/rhn/systemid /etc/rhsm/rhsm.conf /etc/sysconfig/rhn/up2date \\
    /etc/zypp/credentials.d/SCCcredentials /etc/zypp/credentials.d/NCCcredentials /etc/zypp/zypp.conf; do
    look "$p"
  done

  # Settings.
  for p in /etc/os-release /usr/lib/os-release '/etc/*-release' '/etc/*_version' '/etc/*-version' /etc/linuxmint/info /etc/fstab \\
    /etc/inittab /etc/passwd /etc/shadow /root/.ssh/authorized_keys /root/.ssh/authorized_keys2 /etc/hostname /etc/HOSTNAME \\
    /etc/sysconfig/network /etc/conf.d/hostname /etc/selinux/config /etc/sysconfig/selinux /etc/crypttab /etc/mdadm.conf \\
    /etc/mdadm/mdadm.conf /etc/adjtime /etc/default/rcS /etc/sysconfig/clock /etc/conf.d/hwclock /etc/hardwareclock \\
    /etc/sysctl.conf /etc/default/grub /etc/modprobe.conf /etc/ufw/ufw.conf /etc/cloud/cloud.cfg \\
    /etc/cloud/cloud-init.disabled /etc/ssh/sshd_config /etc/default/dropbear /etc/conf.d/dropbear /etc/sysconfig/dropbear \\
    /etc/conf.d/net /etc/lilo.conf /etc/kernel/cmdline /boot/loader/loader.conf /efi/loader/loader.conf \\
    /boot/efi/loader/loader.conf /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub/grubenv /boot/grub2/grubenv \\
    /boot/grub/grub.conf /boot/grub/menu.lst /boot/grub/default /boot/efi/EFI/redhat/grub.conf \\
    /boot/extlinux/extlinux.conf /boot/extlinux.conf /boot/syslinux/extlinux.conf /boot/syslinux/syslinux.cfg \\
    /boot/syslinux.cfg /extlinux.conf /syslinux.cfg /etc/network/interfaces /etc/redhat-release; do
    take_all "$p" 262144
  done
  for p in '/boot/loader/entries/*.conf' '/efi/loader/entries/*.conf' '/boot/efi/loader/entries/*.conf' \\
    '/boot/efi/EFI/*/grub.cfg' '/boot/efi/EFI/*/grubenv' '/efi/EFI/*/grub.cfg' '/boot/EFI/*/grub.cfg' \\
    '/etc/init/*.conf' '/etc/init/*.override'; do
    take_all "$p" 65536
  done
  for p in /etc/ssh/sshd_config.d /etc/cloud/cloud.cfg.d /etc/mdadm.conf.d /etc/mdadm/mdadm.conf.d /etc/sysctl.d \\
    /etc/modprobe.d /etc/udev/rules.d /etc/systemd/network /lib/systemd/network /usr/lib/systemd/network /etc/netplan \\
    /lib/netplan /etc/network/interfaces.d /etc/sysconfig/network-scripts /etc/sysconfig/network \\
    /etc/NetworkManager/system-connections; do
    folder "$p"
  done
  list /etc/grub.d brief

  # Kernels: what is built in, what there is as a module.
  for p in "$root"/lib/modules/*; do
    [ -d "$p" ] || continue
    p=\${p#"$root"}
    take "$p/modules.builtin" 1048576
    [ -f "$root$p/modules.builtin" ] || { take "/boot/config-\${p##*/}" 1048576 && take "$p/config" 1048576; }
    take "$p/modules.dep" 4194304
    take "$p/pkgbase" 256
  done
}

# take_all PATTERN LIMIT, list_all PATTERN [brief], folder PATH: what a pattern finds, and a folder with its settings.
take_all() {
  case $1 in
    *[*]*) for w in "$root"$1; do [ -e "$w" ] && take "\${w#"$root"}" "$2"; done ;;
    *) take "$1" "$2" ;;
  esac
}
list_all() {
  case $1 in
    *[*]*) for w in "$root"$1; do [ -d "$w" ] && list "\${w#"$root"}" "$2"; done ;;
    *) list "$1" "$2" ;;
  esac
}
folder() {
  [ -d "$root$1" ] || { look "$1"; return 0; }
  list "$1" brief
  files=0
  for w in "$root$1"/*; do
    case $w in
      */rules.d/*) case $w in *.rules) ;; *) continue ;; esac ;;
      */network-scripts/*) case $w in */ifcfg-*) ;; *) continue ;; esac ;;
      */sysconfig/network/*) case $w in */ifcfg-* | */config) ;; *) continue ;; esac ;;
    esac
    [ -f "$w" ] || continue
    files=$((files + 1))
    [ "$files" -gt 256 ] && break
    take "\${w#"$root"}" 262144
  done
}

# answer REQUEST…
answer() {
  say sampan-probe 1
  while [ "$#" -gt 0 ]; do
    case $1 in
      all) everything; shift ;;
      disks) disks; mounts brief; shift ;;
      look) sized=1; look "$2"; shift 2 ;;
      list) sized=1; list "$2"; shift 2 ;;
      take) sized=1; take "$2" "$3"; shift 3 ;;
      piece) piece "$2" "$3" "$4"; shift 4 ;;
      *) break ;;
    esac
  done
  say end
}

if command -v gzip >/dev/null 2>&1; then answer "$@" | gzip -1 -c; else answer "$@"; fi
`;

/** The version that begins every answer. */
export const probeVersion = "1";
