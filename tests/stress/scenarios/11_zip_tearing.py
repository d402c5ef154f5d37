import threading

keys = ["a", "b"]
values = [1, 2]
result = []


def reader():
    result.append(dict(zip(keys, values)))


def writer():
    keys[0] = "z"
    values[0] = 99


threads = [threading.Thread(target=f) for f in [reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert ("a", 99) not in result[0].items(), result
