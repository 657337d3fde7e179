"""A priority queue: a binary heap, and a dict that knows where each item is."""


class PriorityQueue:
    """Gives back the item with the smallest priority; of equals, the one that came first."""

    def __init__(self):
        self._heap = []  # entries: [priority, number of the push, item]
        self._place = {}  # item -> index in the heap
        self._pushes = 0

    def __len__(self):
        return len(self._heap)

    def __iter__(self):
        for entry in sorted(self._heap, key=_Order):
            yield entry[2]

    def push(self, item, priority):
        if item in self._place:
            raise ValueError(f"{item!r} is in the queue already")
        self._pushes += 1
        self._heap.append([priority, self._pushes, item])
        self._place[item] = len(self._heap) - 1
        self._rise(len(self._heap) - 1)

    def pop(self):
        if not self._heap:
            raise IndexError("pop from an empty queue")
        return self._take(0)

    def peek(self):
        if not self._heap:
            raise IndexError("peek into an empty queue")
        return self._heap[0][2]

    def change_priority(self, item, priority):
        index = self._place[item]
        self._heap[index][0] = priority
        self._rise(index)
        self._sink(self._place[item])

    def remove(self, item):
        self._take(self._place[item])

    def merge(self, other):
        for priority, _, item in sorted(other._heap, key=_Order):
            self.push(item, priority)

    def _take(self, index):
        item = self._heap[index][2]
        last = self._heap.pop()
        del self._place[item]
        if index < len(self._heap):
            self._heap[index] = last
            self._place[last[2]] = index
            self._rise(index)
            self._sink(self._place[last[2]])
        return item

    def _rise(self, index):
        while index and self._before(index, (index - 1) // 2):
            index = self._swap(index, (index - 1) // 2)

    def _sink(self, index):
        while True:
            first = index
            for child in (2 * index + 1, 2 * index + 2):
                if child < len(self._heap) and self._before(child, first):
                    first = child
            if first == index:
                return
            index = self._swap(index, first)

    def _before(self, one, other):
        a, b = self._heap[one], self._heap[other]
        return a[0] < b[0] or (a[0] == b[0] and a[1] < b[1])

    def _swap(self, one, other):
        heap = self._heap
        heap[one], heap[other] = heap[other], heap[one]
        self._place[heap[one][2]] = one
        self._place[heap[other][2]] = other
        return other


class _Order:
    """Sorts entries without comparing items."""

    def __init__(self, entry):
        self.priority, self.number, _ = entry

    def __lt__(self, other):
        if self.priority == other.priority:
            return self.number < other.number
        return self.priority < other.priority
