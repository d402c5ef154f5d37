from concurrent.futures import ThreadPoolExecutor


def square(i):
    return i * i


with ThreadPoolExecutor(2) as pool:
    squares = list(pool.map(square, range(5)))
    one = pool.submit(square, 7).result()
assert squares == [0, 1, 4, 9, 16] and one == 49, (squares, one)
