# Kernel and the modules that a box may need, with all that they depend on.

ktree=$work/kernel-$arch
stamp="$suite $kernel_package $SOURCE_DATE_EPOCH $(apt_sources)"
if [ "$(cat "$ktree.stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$ktree" "$ktree.stamp"
  debian_tree --variant=extract --architectures="$arch" --include="$kernel_package" "$suite" "$ktree"
  echo "$stamp" >"$ktree.stamp"
fi
release=$(basename "$ktree"/boot/vmlinuz-* | sed 's/^vmlinuz-//')
modules=$ktree/usr/lib/modules/$release
# Packed once with the whole file system they take less room than each by itself, and load faster.
find "$modules" -name '*.ko.xz' -exec xz -d {} +

[ -e "$modules/modules.dep" ] || in_tools depmod -b "$ktree/usr" "$release"

# Copies the modules of a list and all that they need below a tree, with the tables that modprobe needs. Names that this
# kernel has not are left out: it has them built in, or they are for the other kind of machine.
copy_modules() {
  local list=$1 target=$2/usr/lib/modules/$release
  rm -rf "$target"
  mkdir -p "$target"
  grep -v '^#' "$list" | in_tools bash -c '
    for name in $(cat); do modprobe -d "$1/usr" -S "$2" --show-depends --quiet "$name"; done
    exit 0' bash "$ktree" "$release" 2>/dev/null |
    sed -n "s,^insmod $modules/\\([^ ]*\\).*,\\1,p" | awk '!seen[$0]++' | while read -r file; do
    install -D -m 644 "$modules/$file" "$target/$file"
  done
  cp "$modules"/modules.{order,builtin,builtin.modinfo} "$target/"
  in_tools depmod -b "$2/usr" "$release"
}

cat "$here/modules-initrd.txt" "$here/modules-root.txt" >"$work/modules.txt"
copy_modules "$work/modules.txt" "$tree"
