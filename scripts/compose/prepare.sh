#!/bin/sh
# Puts what the images of compose.yaml are made of into scripts/compose/bin: Squall's nats-server and toxiproxy-server, and
# a health check. Needs Linux, Go, and `npm run build && npm run setup` before it.
set -eu
cd "$(dirname "$0")"
mkdir -p bin
node ../../dist/lib/cli/main.js setup --offline --only nats-server,toxiproxy-server |
  sed -n 's/^  \(\/.*\)$/\1/p' |
  while read -r program; do cp "$program" bin/; done
for program in nats-server toxiproxy-server; do
  [ -x "bin/$program" ] || { echo "$program was not found; run: npm run setup" >&2; exit 1; }
  # An image FROM scratch has no libraries.
  if ldd "bin/$program" >/dev/null 2>&1; then
    echo "bin/$program needs libraries; get one that does not: npm run setup -- --force --from go" >&2
    exit 1
  fi
done
GOFLAGS=-trimpath GOTOOLCHAIN=local CGO_ENABLED=0 go build -o bin/health health.go
