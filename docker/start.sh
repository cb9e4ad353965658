#!/usr/bin/env bash
# First start: install Gantry into a new database. Later starts: update it when the image brings other addons.
set -eu
database=${GANTRY_DB:-gantry}
addons=${GANTRY_ADDONS:-gantry_base,gantry_forecast}
mark=/var/lib/odoo/gantry-$database.sha256
now=$(find /mnt/extra-addons -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)

if [ ! -e "$mark" ]; then
    /entrypoint.sh odoo --database="$database" --init="$addons" --without-demo=True --stop-after-init --workers=0
elif [ "$(cat "$mark")" != "$now" ]; then
    /entrypoint.sh odoo --database="$database" --init="$addons" --update="$addons" --stop-after-init --workers=0
fi
echo "$now" > "$mark"
exec /entrypoint.sh odoo --database="$database" --db-filter="^$database\$"
