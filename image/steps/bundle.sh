# The signed update: both images of a slot.

: "${bundle:=$out/branchline-$version-$arch.raucb}"
# A folder of its own: bundles may be signed while another image is built.
signing=$(mktemp -d "$work/bundle.XXXXXX")
content=$signing/content
mkdir "$content"
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
cp "$keys/signing.key.pem" "$keys/signing.cert.pem" "$signing/"
# The images are compressed already.
in_tools rauc bundle --cert="$signing/signing.cert.pem" --key="$signing/signing.key.pem" \
  --mksquashfs-args='-noI -noD -noF' "$content" "$signing/bundle.raucb" >"$signing/rauc.log" 2>&1 ||
  { cat "$signing/rauc.log" >&2; rm -rf "$signing"; exit 1; }
mv "$signing/bundle.raucb" "$bundle"
rm -rf "$signing"
