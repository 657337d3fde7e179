"""Calling a learner's program on a command line: once, in a conversation, or for a while."""
