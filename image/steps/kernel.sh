# Kernel and the modules that a box may need, with all that they depend on.

release=$(basename "$ktree"/boot/vmlinuz-* | sed 's/^vmlinuz-//')
modules=$ktree/usr/lib/modules/$release

# Copies the modules of a list and all that they need below a tree, with the tables that modprobe needs. What one needs stands in
# itself, so that only those are unpacked that are taken: packed once with the whole file system they take less room than each by itself.
# Names that this kernel has not are left out: it has them built in, or they are for the other kind of machine.
copy_modules() {
  local target=$2/usr/lib/modules/$release wanted path name
  local -A file=() taken=()
  local -a found
  while read -r path; do
    name=${path##*/} name=${name%%.ko*}
    file[${name//-/_}]=${path%.xz}
  done < <(cd "$modules" && find kernel -name '*.ko' -o -name '*.ko.xz')
  wanted=$(grep -v '^#' "$1")
  while :; do
    found=()
    for name in $wanted; do
      path=${file[${name//-/_}]-}
      if [ -z "$path" ] || [ -n "${taken[$path]-}" ]; then continue; fi
      taken[$path]=yes
      found+=("$modules/$path")
      [ -e "$modules/$path" ] || xz -d "$modules/$path.xz"
    done
    [ ${#found[@]} -gt 0 ] || break
    wanted=$(in_tools modinfo "${found[@]}" | sed -n 's/^depends://p; s/^softdep://p' | sed 's/[a-z]*://g' | tr , ' ')
  done
  rm -rf "$target"
  mkdir -p "$target"
  (cd "$modules" && cp --parents "${!taken[@]}" "$target/")
  cp "$modules"/modules.{order,builtin,builtin.modinfo} "$target/"
  in_tools depmod -b "$2/usr" "$release"
}

cat "$here/modules-initrd.txt" "$here/modules-root.txt" >"$work/modules.txt"
copy_modules "$work/modules.txt" "$tree"
