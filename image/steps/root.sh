# The tree of the root file system: Debian's packages, trimmed, then our own files.

source=$base

if [ "$arch" = arm64 ]; then
  # The same packages without running their scripts (emulated they take minutes): what scripts make is in /etc and /var,
  # which the amd64 tree has, and is the same on every machine.
  source=$work/base-arm64
  stamp="$sources $root_packages"
  if [ "$(cat "$source.stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$source" "$source.stamp"
    names=$(chroot "$base" dpkg-query -W -f '${Package}\n' | paste -sd,)
    debian_tree --variant=extract --architectures=arm64 --include="$names" "$suite" "$source"
    rm -rf "$source/etc" "$source/var"
    cp -a "$base/etc" "$base/var" "$source/"
    # Links that alternatives made, and those that scripts made below /usr.
    (cd "$base" && find usr -type l -print0) | while IFS= read -r -d '' link; do
      [ -e "$source/$link" ] || [ -L "$source/$link" ] || case $(readlink "$base/$link") in
        /etc/alternatives/*) mkdir -p "$source/$(dirname "$link")" && cp -a "$base/$link" "$source/$link" ;;
      esac
    done
    echo "$stamp" >"$source.stamp"
  fi
fi

tree=$work/root-$arch
rm -rf "$tree"
cp -a "$source" "$tree"

# The versions in it stand beside the image.
chroot "$base" dpkg-query -W -f '${Package} ${Version}\n' | sort >"$out/packages.txt"

source image/steps/trim.sh

cp -r --no-preserve=ownership image/root/. "$tree/"
install -m 644 image/package/branchline.service "$tree/usr/lib/systemd/system/branchline.service"
mkdir -p "$tree/usr/lib/branchline" "$tree/var" "$tree/efi" "$tree/media"
cp -r "$work/app/." "$tree/usr/lib/branchline/"
install -m 755 "$runtime/bun" "$tree/usr/lib/branchline/bun"
install -m 755 image/package/branchline "$tree/usr/bin/branchline"
printf '%s\n' "$version" >"$tree/usr/lib/branchline/IMAGE_VERSION"
sed -i "s/@MACHINE@/$machine/" "$tree/etc/rauc/system.conf"

install -m 644 "$keys/signing.cert.pem" "$tree/etc/rauc/keyring.pem"
source image/steps/enable.sh
if [ -n "$extra" ]; then cp -r --no-preserve=ownership "$extra/." "$tree/"; fi
