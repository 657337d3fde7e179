#!/bin/sh
# Runs once what the app needs before its first start: when the image is built or, where that fails
# because a database is not up yet, at the start.
[ -e /opt/grader/done/prepared ] && exit 0
@commands@ && : > /opt/grader/done/prepared
