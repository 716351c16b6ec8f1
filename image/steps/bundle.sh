# The signed update: both images of a slot.

: "${bundle:=$out/branchline-$version-$arch.raucb}"
content=$work/bundle-$arch
rm -rf "$content" "$work/bundle-$arch.raucb"
mkdir -p "$content"
ln "$root_image" "$content/root.img" 2>/dev/null || cp "$root_image" "$content/root.img"
ln "$boot_image" "$content/boot.img" 2>/dev/null || cp "$boot_image" "$content/boot.img"
cat >"$content/manifest.raucm" <<TEXT
[update]
compatible=$machine
version=$version

[bundle]
format=verity

[image.rootfs]
filename=root.img

[image.boot]
filename=boot.img
TEXT
mkdir -p "$work/signing"
cp "$keys/signing.key.pem" "$keys/signing.cert.pem" "$work/signing/"
# The images are compressed already.
in_tools rauc bundle --cert="$work/signing/signing.cert.pem" --key="$work/signing/signing.key.pem" \
  --mksquashfs-args='-noI -noD -noF' "$content" "$work/bundle-$arch.raucb" >"$work/rauc-$arch.log" 2>&1 ||
  { cat "$work/rauc-$arch.log" >&2; exit 1; }
mv "$work/bundle-$arch.raucb" "$bundle"
rm -rf "$work/signing" "$content"
