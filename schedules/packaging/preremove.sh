#!/bin/sh
# Stops the timer before the program goes. An upgrade keeps it. Configuration and lake stay where they are.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    systemctl disable --now careshare.timer
fi
