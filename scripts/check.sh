#!/usr/bin/env bash
# Lint, format and types; scripts/install.sh dev has been run.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
