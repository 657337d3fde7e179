from structures.node import Node, link


class QueueError(Exception):
    pass


class PQueue:
    def __init__(self):
        self._root = None
        self._nodes = {}
        self._next = 0

    def insert(self, priority, value):
        print("inserting", value)
        node = Node(priority, self._next, value)
        self._next += 1
        self._nodes[value] = node
        self._root = link(self._root, node)

    def extract_min(self):
        self._drop_void()
        if self._root is None:
            raise QueueError("empty")
        node = self._root
        del self._nodes[node.item]
        self._root = self._pair(node.children)
        return (node.priority, node.item)

    def find_min(self):
        self._drop_void()
        if self._root is None:
            raise QueueError("empty")
        return (self._root.priority, self._root.item)

    def update(self, value, priority):
        self.delete(value)
        self.insert(priority, value)

    def delete(self, value):
        if value not in self._nodes:
            raise QueueError("no such value")
        node = self._nodes.pop(value)
        node.void = True
        node.item = None

    def meld(self, other):
        both = PQueue()
        for queue in (self, other):
            for node in sorted(queue._nodes.values(), key=lambda n: n.number):
                both.insert(node.priority, node.item)
        return both

    def size(self):
        return len(self._nodes)

    def __iter__(self):
        nodes = list(self._nodes.values())
        while nodes:
            first = nodes[0]
            for node in nodes:
                if node.before(first):
                    first = node
            nodes.remove(first)
            yield (first.priority, first.item)

    def _drop_void(self):
        while self._root is not None and self._root.void:
            self._root = self._pair(self._root.children)

    @staticmethod
    def _pair(nodes):
        pairs = [
            link(nodes[i], nodes[i + 1] if i + 1 < len(nodes) else None)
            for i in range(0, len(nodes), 2)
        ]
        root = None
        while pairs:
            root = link(root, pairs.pop())
        return root
