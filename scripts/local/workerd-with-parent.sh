#!/bin/sh
# workerd ends with its parent, even when the parent is killed (Linux). Used through MINIFLARE_WORKERD_PATH.
exec setpriv --pdeathsig KILL -- "$DAILIES_WORKERD" "$@"
