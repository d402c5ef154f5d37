# SPDX-License-Identifier: MIT
#
# wordcount.py - count the words of many documents; each thread keeps its own table, merged at the
# end under a lock.
#
# Usage     wordcount.py [THREADS [DOCUMENTS]]
# Stresses  strings, split, dict reads and writes. A document is written from its own number by the
#           thread that counts it, so no part of the work is serial except the merge.
# Output    words in all, different words and the ten most frequent; the time goes to stderr.

import sys
import threading
import time

SYLLABLES = ("to", "gil", "ka", "ren", "mo", "su", "ti", "la", "ver", "no", "pe", "du", "an", "or",
             "bi", "shi")
WORDS_PER_LINE = 12
LINES = 40


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def make_word(number):
    word = SYLLABLES[number % 16]
    number //= 16
    while number > 0:
        word += SYLLABLES[number % 16]
        number //= 16
    return word


def make_document(number, vocabulary):
    state = number * 2654435761 % 4294967296
    size = len(vocabulary)
    lines = []
    for _ in range(LINES):
        words = []
        for _ in range(WORDS_PER_LINE):
            state = (state * 1664525 + 1013904223) % 4294967296
            pick = state // 256 % (size * size)
            # The product of two ranges favours low numbers, as a natural vocabulary does.
            words.append(vocabulary[pick // size * (pick % size) // size])
        lines.append(" ".join(words).capitalize() + ".")
    return "\n".join(lines)


def count_words(text, counts):
    for line in text.splitlines():
        for word in line.lower().split():
            word = word.strip(".,;")
            counts[word] = counts.get(word, 0) + 1


def work(documents, first, step, vocabulary, lock, totals):
    counts = {}
    for number in range(first, documents, step):
        count_words(make_document(number, vocabulary), counts)
    with lock:
        for word, n in counts.items():
            totals[word] = totals.get(word, 0) + n


def main():
    threads = argument(1, 1)
    documents = argument(2, 3600)
    vocabulary = [make_word(n) for n in range(600)]
    lock = threading.Lock()
    totals = {}
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work,
                                        args=(documents, i, threads, vocabulary, lock, totals)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    print("wordcount: documents", documents, "words", sum(totals.values()),
          "different", len(totals))
    ranking = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    for word, n in ranking[:10]:
        print("%8d %s" % (n, word))
    print("%.3f s" % took, file=sys.stderr)


main()
