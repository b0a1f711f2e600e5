#!/usr/bin/env bash
# Sets up and starts Tuntas on this machine:  bash deploy/mulai.sh [options of `streamlit run`]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lingkungan.sh"
cd "$PROJECT"

prepare_environment requirements.txt
case "${TUNTAS_DB:-}${TUNTAS_DB_APLIKASI:-}" in
  *postgres*) prepare_environment deploy/requirements-postgresql.txt ;;
esac

# Signing in with an office account is set up in the secrets file (deploy/secrets.contoh.toml).
if [[ -f .streamlit/secrets.toml || -n "${STREAMLIT_SECRETS_FILES:-}" ]]; then
  prepare_environment deploy/requirements-masuk.txt
fi

port=8501
for ((i = 1; i <= $#; i++)); do
  case "${!i}" in
    --server.port=*) port="${!i#*=}" ;;
    --server.port) next=$((i + 1)) && port="${!next:-$port}" ;;
  esac
done

printf 'Tuntas dapat dibuka di http://127.0.0.1:%s (hentikan dengan Ctrl+C)\n' "$port"
# The port is given outright: a busy port is then an error, not silently another address.
# `python -m` and not .venv/bin/streamlit, whose first line holds the folder it was installed in.
exec "$PYTHON" -m streamlit run dashboard.py \
  --server.address=127.0.0.1 --server.port="$port" --server.headless=true "$@"
