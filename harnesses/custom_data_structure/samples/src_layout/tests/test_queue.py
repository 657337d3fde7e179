from waiting_room import PriorityQueue


class TestPriorityQueue:
    def push(self):
        return PriorityQueue()

    def pop(self):
        return self.push().pop()
