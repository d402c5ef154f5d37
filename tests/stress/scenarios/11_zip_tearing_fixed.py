import threading

pair = (["a", "b"], [1, 2])
result = []


def reader():
    keys, values = pair
    result.append(dict(zip(keys, values)))


def writer():
    global pair
    pair = (["z", "b"], [99, 2])


threads = [threading.Thread(target=f) for f in [reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert ("a", 99) not in result[0].items(), result
