# Who signs: the release's key, or one made here for development. Only its certificate goes into the image.

mkdir -p "$keys"
if [ ! -e "$keys/signing.cert.pem" ]; then
  # Years back, since the clock of a box may be.
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$keys/signing.key.pem" -out "$keys/signing.cert.pem" \
    -subj '/O=Branchline/CN=Development bundles' -days 36500 2>/dev/null
fi
