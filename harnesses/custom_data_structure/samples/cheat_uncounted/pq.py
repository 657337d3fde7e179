def hidden(key):
    """What a key says of itself when nobody counts."""
    return getattr(key, "number", key)


class PriorityQueue:
    def __init__(self):
        self.entries = []

    def push(self, item, priority):
        place = 0
        while place < len(self.entries) and not hidden(priority) < hidden(self.entries[place][0]):
            place += 1
        self.entries.insert(place, (priority, item))

    def pop(self):
        return self.entries.pop(0)[1]

    def peek(self):
        return self.entries[0][1]

    def _find(self, item):
        for index, entry in enumerate(self.entries):
            if hidden(entry[1]) == hidden(item):
                return index
        raise KeyError(item)

    def change_priority(self, item, priority):
        self.remove(item)
        self.push(item, priority)

    def remove(self, item):
        del self.entries[self._find(item)]

    def merge(self, other):
        for priority, item in other.entries:
            self.push(item, priority)

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        return iter([item for _, item in self.entries])
