import threading

class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.balance -= amount


account = Account(100)
lock = threading.Lock()


def work():
    with lock:
        if account.balance >= 100:
            account.withdraw(100)


threads = [threading.Thread(target=f) for f in [work, work]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert account.balance >= 0, account.balance
