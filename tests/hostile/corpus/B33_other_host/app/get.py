from urllib.request import urlopen

urlopen("https://downloads.example.org/model.bin", timeout=20)
