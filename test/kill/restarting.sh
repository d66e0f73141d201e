#!/bin/sh
# Stands where Miniflare expects workerd: starts it, and starts it again with the same configuration as soon as it was killed. $KEPT/pid says which it is.
cat > "$KEPT/config"
while :; do
  "$WORKERD" "$@" < "$KEPT/config" &
  echo $! > "$KEPT/pid"
  wait $! 2> /dev/null
  # Only the first is waited for by Miniflare.
  exec 3> "$KEPT/control"
done
