#!/usr/bin/env bash
# Makes sure that the virtual environment of the interop checks is there, and prints the path of its Python.
# It is made once and used again until requirements.txt changes. ABOX_INTEROP_VENV says where it is
# (default: target/interop-venv). All output but the path goes to stderr.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${ABOX_INTEROP_VENV:-$here/../../target/interop-venv}
mkdir -p "$(dirname "$venv")"
# Two test programs may ask at the same time.
exec 9>"$venv.lock"
flock 9
if ! cmp -s "$here/requirements.txt" "$venv/installed-requirements.txt"; then
  echo "interop: installing pycocotools and Datumaro into a virtual environment (once, some minutes)" >&2
  python3 -m venv "$venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/installed-requirements.txt"
fi
echo "$venv/bin/python"
