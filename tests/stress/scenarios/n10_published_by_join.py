import threading

result = None


def work():
    global result
    result = (1, 2, 3)


for _ in range(3):
    t = threading.Thread(target=work)
    t.start()
    t.join()
    assert result == (1, 2, 3), result
    result = None
