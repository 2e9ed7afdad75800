#!/bin/sh
# What the Nextcloud says of the app (APP_*, NEXTCLOUD_URL) -> settings of image-tracer, then the service.
set -eu

need() {
    eval "value=\${$1:-}"
    [ -n "$value" ] || {
        echo "$1 is missing: this image is started by a Nextcloud (AppAPI); use the plain image by itself" >&2
        exit 78
    }
}
for name in APP_ID APP_VERSION APP_SECRET APP_PORT NEXTCLOUD_URL; do need "$name"; done

NEXTCLOUD=${NEXTCLOUD_URL%/}
NEXTCLOUD=${NEXTCLOUD%/index.php}
export TRACER_EXAPP_ID="$APP_ID"
export TRACER_EXAPP_VERSION="$APP_VERSION"
export TRACER_EXAPP_SECRET="$APP_SECRET"
export TRACER_EXAPP_URL="$NEXTCLOUD"
export TRACER_BASE_URL="${TRACER_BASE_URL:-$NEXTCLOUD/index.php/apps/app_api/proxy/$APP_ID}"
export TRACER_BIND="${APP_HOST:-0.0.0.0}:$APP_PORT"
export TRACER_DATA="${APP_PERSISTENT_STORAGE:-/data}"
unset APP_SECRET

as_tracer() {
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$TRACER_DATA"
        chown 1000:1000 "$TRACER_DATA"
        exec setpriv --reuid=1000 --regid=1000 --clear-groups "$@"
    fi
    exec "$@"
}

if [ "${1:-}" = --print ]; then # what a test looks at
    exec env
fi
as_tracer image-tracer serve "$@"
