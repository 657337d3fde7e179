kept = bytearray(b"x") * (8 << 30)
