#!/bin/sh
# Starts the app; prepares it first where that was not possible before.
[ -e /opt/grader/done/prepared ] || sh /opt/grader/prepare.sh
@command@
