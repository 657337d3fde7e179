PRICES = {"lemon": 3}
