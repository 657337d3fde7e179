from waiting_room.queue import PriorityQueue

__all__ = ["PriorityQueue"]
