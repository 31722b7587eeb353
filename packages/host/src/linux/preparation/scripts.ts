/*
 * The scripts of a preparation. Each lies on the host in a folder of its own, where `N.before` and `N.after` are the two states of a
 * path, absent where there is none, and `manifest` names the path of each N. Paths hold no control characters.
 */

/* Two paths hold the same: both nothing, links with one goal, or files with one content. */
const sameFunction = `
same() {
  if [ -L "$1" ] || [ -L "$2" ]; then
    [ -L "$1" ] && [ -L "$2" ] && [ "$(readlink "$1")" = "$(readlink "$2")" ]
  elif [ -f "$1" ] && [ -f "$2" ]; then
    [ "$(sha1sum <"$1")" = "$(sha1sum <"$2")" ]
  else
    [ ! -e "$1" ] && [ ! -e "$2" ]
  fi
}
put() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    rm -f "\${2%/*}/.sampan-new"
    # Busybox and old coreutils know no more of --preserve than -p; -d keeps links.
    cp -dp "$1" "\${2%/*}/.sampan-new" || return 1
    if [ ! -L "$1" ] && command -v chcon >/dev/null 2>&1; then
      chcon --reference="$1" "\${2%/*}/.sampan-new" 2>/dev/null || :
    fi
    mv -f "\${2%/*}/.sampan-new" "$2" || return 1
  else
    rm -f "$2" || return 1
  fi
}
`;

/* $1 folder. Makes it, for root alone; exit code 73 where it is. */
export const beginScript = `
umask 077
mkdir -p /var/lib/sampan && [ ! -L /var/lib/sampan ] || exit 1
[ -e "$1" ] && exit 73
mkdir "$1"
`;

/*
 * $1 folder, $2 number, $3 path, $4 kind after: file, link or absent, $5 goal of a link, $6 mode of a new file. Standard input: the
 * content after. Keeps what is there as N.before, and lays down N.after with the owner, mode and context of what it replaces.
 */
export const stageScript = `
folder=$1 number=$2 path=$3
umask 077
if [ -e "$path" ] || [ -L "$path" ]; then
  cp -dp "$path" "$folder/$number.before" || exit 1
  if command -v chcon >/dev/null 2>&1; then chcon -h --reference="$path" "$folder/$number.before" 2>/dev/null || :; fi
fi
case $4 in
  file)
    if [ -f "$folder/$number.before" ] && [ ! -L "$folder/$number.before" ]; then
      cp -p "$folder/$number.before" "$folder/$number.after" || exit 1
      if command -v chcon >/dev/null 2>&1; then chcon --reference="$path" "$folder/$number.after" 2>/dev/null || :; fi
      cat >"$folder/$number.after" || exit 1
    else
      cat >"$folder/$number.after" && chmod "$6" "$folder/$number.after" || exit 1
    fi ;;
  link) ln -s "$5" "$folder/$number.after" || exit 1 ;;
  absent) ;;
  *) exit 64 ;;
esac
printf '%s\\t%s\\n' "$number" "$path" >>"$folder/manifest"
`;

/* $1 folder, $2 number: prints what was there: `file`, `absent`, or `link` and its goal; of a file the content follows. */
export const beforeScript = `
before="$1/$2.before"
if [ -L "$before" ]; then printf 'link\\n'; readlink "$before"
elif [ -f "$before" ]; then printf 'file\\n'; cat "$before"
elif [ -e "$before" ]; then exit 65
else printf 'absent\\n'
fi
`;

/* $1 folder. Puts every N.after in its place, when what is there is still N.before. Exit code 76 when it is not. */
export const applyScript = `${sameFunction}
folder=$1
tab=$(printf '\\t')
while IFS=$tab read -r number path; do
  same "$path" "$folder/$number.before" || { printf '%s\\n' "$path" >&2; exit 76; }
done <"$folder/manifest"
while IFS=$tab read -r number path; do
  parent=\${path%/*}
  while [ -n "$parent" ] && [ ! -d "$parent" ]; do
    printf '%s\\n' "$parent" >>"$folder/made"
    parent=\${parent%/*}
  done
  [ -d "\${path%/*}" ] || (umask 022; mkdir -p "\${path%/*}") || exit 1
  put "$folder/$number.after" "$path" || exit 1
  if [ ! -e "$folder/$number.before" ] && command -v restorecon >/dev/null 2>&1; then restorecon "$path" 2>/dev/null || :; fi
  same "$path" "$folder/$number.after" || exit 1
done <"$folder/manifest"
sync
if [ -d /run/systemd/system ]; then systemctl daemon-reload || :; fi
exit 0
`;

/**
 * The script that takes a preparation back: complete in itself, so that it runs on the host without Sampan. What was changed since is
 * left as it is and named, with exit code 1.
 */
export function undoScript(folder: string): string {
  if (!/^\/var\/lib\/sampan\/[A-Za-z0-9-]{1,100}$/.test(folder))
    throw new RangeError("no folder of a preparation");
  return `#!/bin/sh
# Takes back what Sampan changed on this host. May be run again; what was changed since by others is left as it is.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
folder=${folder}
${sameFunction}
[ -f "$folder/manifest" ] || { echo "$folder/manifest is missing" >&2; exit 2; }
tab=$(printf '\\t')
status=0
# The last change first.
sed -n '1!G;h;$p' "$folder/manifest" >"$folder/reversed" || exit 2
while IFS=$tab read -r number path; do
  if same "$path" "$folder/$number.before"; then :
  elif same "$path" "$folder/$number.after"; then
    if put "$folder/$number.before" "$path"; then echo "restored $path"
    else echo "failed $path" >&2; status=2
    fi
  else
    echo "kept $path: it was changed since; as it was before: $folder/$number.before" >&2
    [ $status = 0 ] && status=1
  fi
done <"$folder/reversed"
rm -f "$folder/reversed"
if [ -f "$folder/made" ]; then
  # Innermost first: they were written down that way.
  while IFS= read -r parent; do rmdir "$parent" 2>/dev/null; done <"$folder/made"
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
exit $status
`;
}
