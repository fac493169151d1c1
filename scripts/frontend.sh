#!/usr/bin/env bash
# Builds the editor of frontend/ as its lock file says, into the folder given or where it is served from.
# Only whoever changes the editor needs Node; the built file is committed.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

command -v npm >/dev/null || stop \
    "Node is missing; only whoever changes the editor needs it. Install it with: $(apt_line nodejs npm)" \
    "Falta Node; solo lo necesita quien cambia el editor. Instálelo con: $(apt_line nodejs npm)"
target=$(realpath -m "${1:-reviewtool/web/static/vendor}")
cd "${FRONTEND:-frontend}"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node build.js "$target"
