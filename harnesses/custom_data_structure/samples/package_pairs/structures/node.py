class Node:
    def __init__(self, priority, number, item):
        self.priority = priority
        self.number = number
        self.item = item
        self.children = []
        self.void = False

    def before(self, other):
        if self.priority == other.priority:
            return self.number < other.number
        return self.priority < other.priority


def link(a, b):
    if a is None:
        return b
    if b is None:
        return a
    if b.before(a):
        a, b = b, a
    a.children.append(b)
    return a
