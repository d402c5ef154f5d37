#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stub.sh - stands in for the togil command: `stub.sh run --mode MODE program args...` runs the
# program, which is a shell script here, with $MODE set. So a test says in one line what a program
# prints, how long it takes, and how it dies.
if [ "$1 $2" != "run --mode" ]; then
    echo "stub.sh: unexpected arguments: $*" >&2
    exit 97
fi
MODE=$3
export MODE
shift 3
exec /bin/sh "$@"
