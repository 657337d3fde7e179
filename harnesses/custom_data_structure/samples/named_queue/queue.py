import heapq
from itertools import count


class EmptyQueueError(Exception):
    pass


class MyPriorityQueue:
    VOID = object()

    def __init__(self):
        self.heap = []
        self.entries = {}
        self.counter = count()

    def enqueue(self, item, priority=0):
        if item in self.entries:
            self.remove(item)
        entry = [priority, next(self.counter), item]
        self.entries[item] = entry
        heapq.heappush(self.heap, entry)

    def dequeue(self):
        self._skip()
        if not self.heap:
            raise EmptyQueueError("nothing is waiting")
        entry = heapq.heappop(self.heap)
        del self.entries[entry[2]]
        return entry[2]

    def peek(self):
        self._skip()
        if not self.heap:
            raise EmptyQueueError("nothing is waiting")
        return self.heap[0][2]

    def updatePriority(self, item, priority):
        self.remove(item)
        self.enqueue(item, priority)

    def remove(self, item):
        self.entries.pop(item)[2] = self.VOID

    def merge(self, other):
        for entry in sorted(other.entries.values(), key=lambda e: e[:2]):
            self.enqueue(entry[2], entry[0])
        return self

    def _skip(self):
        while self.heap and self.heap[0][2] is self.VOID:
            heapq.heappop(self.heap)

    def __len__(self):
        return len(self.entries)

    def __iter__(self):
        return iter([e[2] for e in sorted(self.entries.values(), key=lambda e: e[:2])])


if __name__ == "__main__":
    q = MyPriorityQueue()
    q.enqueue("write", 2)
    q.enqueue("read", 1)
    print(q.dequeue())
