#!/usr/bin/env bash
# First start: install Gantry into a new database. Later starts: update it when the image brings other addons.
set -eu
database=${GANTRY_DB:-gantry}
folder=${GANTRY_FOLDER:-/mnt/extra-addons}
# all of them but the story for trials, and the one that needs an addon the image does not have
everything=$(find "$folder" -mindepth 2 -maxdepth 2 -name __manifest__.py -printf '%h\n' | xargs -n 1 basename \
    | grep -vxE 'gantry_demo|gantry_base_queue_job' | sort | paste -sd,)
addons=${GANTRY_ADDONS:-$everything}
mark=/var/lib/odoo/gantry-$database.sha256
now=$(find "$folder" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)

if [ ! -e "$mark" ]; then
    /entrypoint.sh odoo --database="$database" --init="$addons" --without-demo=True --stop-after-init --workers=0
elif [ "$(cat "$mark")" != "$now" ]; then
    /entrypoint.sh odoo --database="$database" --init="$addons" --update="$addons" --stop-after-init --workers=0
fi
echo "$now" > "$mark"
exec /entrypoint.sh odoo --database="$database" --db-filter="^$database\$"
