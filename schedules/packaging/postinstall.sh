#!/bin/sh
# Makes the user careshare and gives its group the folder of the configuration. The timer starts when an administrator enables it.
set -e
if ! getent passwd careshare >/dev/null; then
    adduser --system --group --home /var/lib/careshare --no-create-home --quiet careshare
fi
chown root:careshare /etc/careshare
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
