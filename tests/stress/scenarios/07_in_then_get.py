import threading

d = {"k": 1}
seen = []


def reader():
    if "k" in d:
        v = d["k"]
        seen.append(v)


def writer():
    del d["k"]


threads = [threading.Thread(target=f) for f in [reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
