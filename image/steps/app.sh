# The box's own programs and the runtime that they run on.

node appliance/bin/setup.mjs
node appliance/bin/bun.mjs image/app/bundle.ts "$work/app"

runtime=$work/runtime-$arch
mkdir -p "$runtime"
if [ "$arch" = amd64 ]; then
  cp node_modules/bun/bin/bun.exe "$runtime/bun"
else
  node image/app/fetch-runtime.mjs "@oven/bun-linux-aarch64" "$runtime/bun"
fi
chmod 755 "$runtime/bun"
