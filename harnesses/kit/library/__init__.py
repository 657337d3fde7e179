"""Libraries: a learner's classes, driven from outside.

A small driver runs in the learner's container, does what it is told with the learner's objects
and answers with plain data. Everything that decides is on this side of the line.
docs/decisions/0013-a-driver-runs-libraries.md
"""
