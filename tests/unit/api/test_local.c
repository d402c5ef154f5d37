// SPDX-License-Identifier: MIT
//
// threading.local where a thread finds its attributes again without a lock. A wrong result: the
// attributes of another thread state or of another local; attributes that are gone, or freed.
// tests/scripts/modules/local_objects.py holds what scripts see without tricks.
#include <togil/togil.h>

#include "each_mode.h"
#include "test.h"

#include <string.h>

static void run(tg_thread *t, const char *code)
{
    tg_value r = tg_run(t, code, strlen(code), "<test>", NULL);
    if (r == TG_NULL) {
        tg_report_exception(t, tg_error_fetch(t));
        FAIL("the script failed: %s", code);
    }
    tg_release(t, r);
}

static const char one_local[] = "import threading\n"
                                "one = threading.local()\n"
                                "one.x = 'first'\n"
                                "assert one.x == 'first'\n";

// --- two states, one OS thread

static void both_states(tg_thread *t)
{
    tg_thread *u;
    tg_runtime *rt = tg_thread_runtime(t);
    tg_thread_detach(t);
    REQUIRE(tg_thread_enter(rt, &u) == TG_OK);
    run(u, "assert not hasattr(one, 'x')\n"
           "one.x = 'second'\n"
           "assert one.x == 'second'\n");
    tg_thread_detach(u);
    tg_thread_attach(t);
    run(t, "assert one.x == 'first', one.x\n"
           "one.x = 'third'\n"
           "assert one.x == 'third'\n");
    tg_thread_detach(t);
    tg_thread_attach(u);
    run(u, "assert one.x == 'second', one.x\n");
    tg_thread_leave(u);
    tg_thread_attach(t);
    run(t, "assert one.x == 'third', one.x\n");
}

TEST(thread_states_of_one_os_thread_have_attributes_of_their_own)
{
    in_each_mode(one_local, both_states);
}

// --- more locals than places

static void many_locals(tg_thread *t)
{
    run(t, "import threading\n"
           "many = [threading.local() for i in range(70)]\n"
           "for i in range(70):\n"
           "    many[i].x = i\n"
           "for turn in range(3):\n"
           "    for i in range(70):\n"
           "        assert many[i].x == i, (i, many[i].x)\n"
           "        many[i].x = i\n"
           "    for i in range(70):\n"
           "        j = i * 16 % 70\n"
           "        assert many[j].x == j, (j, many[j].x)\n");
}

TEST(locals_that_share_a_place_keep_their_attributes_apart)
{
    in_each_mode(NULL, many_locals);
}

// --- what is taken back

static void failed_init(tg_thread *t)
{
    run(t, "import threading\n"
           "fail = [1, 2]\n"
           "class Fails(threading.local):\n"
           "    def __init__(self, main):\n"
           "        self.begun = ['begun', len(fail)]\n"
           "        if threading.current_thread() is not main and fail:\n"
           "            fail.pop()\n"
           "            raise ValueError('no')\n"
           "        self.ok = True\n"
           "fails = Fails(threading.current_thread())\n"
           "seen = []\n"
           "def use():\n"
           "    for i in range(2):\n"
           "        try:\n"
           "            seen.append(fails.begun)\n"
           "        except ValueError:\n"
           "            seen.append('failed')\n"
           "    seen.append((fails.begun, fails.ok))\n"
           "thread = threading.Thread(target=use)\n"
           "thread.start()\n"
           "thread.join()\n"
           "assert seen == ['failed', 'failed', (['begun', 0], True)], seen\n");
}

TEST(attributes_of_a_failed_init_are_not_found_again)
{
    in_each_mode(NULL, failed_init);
}

// A thread's tokens can be found and thrown away by another thread: it must not take away the dict
// that the thread may be reading.
static void tokens_taken(tg_thread *t)
{
    run(t,
        "import gc, threading\n"
        "turns = [threading.Semaphore(0), threading.Semaphore(0)]\n"
        "seen = []\n"
        "def use():\n"
        "    one.x = ['mine']\n"
        "    turns[0].release()\n"
        "    turns[1].acquire()\n"
        "    seen.append(one.x)\n"
        "    one.y = 2\n"
        "    seen.append(one.y)\n"
        "thread = threading.Thread(target=use)\n"
        "thread.start()\n"
        "turns[0].acquire()\n"
        "taken = 0\n"
        "for d in gc.get_objects():\n"
        "    if type(d) is dict and any([type(v).__name__ == '_localtoken' for v in d.values()]):\n"
        "        d.clear()\n"
        "        taken += 1\n"
        "assert taken == 2, taken\n"
        "turns[1].release()\n"
        "thread.join()\n"
        "assert seen == [['mine'], 2], seen\n"
        "del d, one\n");
}

TEST(a_thread_keeps_its_attributes_when_another_throws_its_tokens_away)
{
    in_each_mode(one_local, tokens_taken);
}

// The attributes go with the local, also those of threads that go on.
static void local_ends(tg_thread *t)
{
    run(t, "import threading\n"
           "ended = []\n"
           "class Value:\n"
           "    def __del__(self):\n"
           "        ended.append(1)\n"
           "turns = [threading.Semaphore(0), threading.Semaphore(0)]\n"
           "def use(local):\n"
           "    local.x = Value()\n"
           "    local.x\n"
           "    del local\n"
           "    turns[0].release()\n"
           "    turns[1].acquire()\n"
           "    other = threading.local()\n"
           "    assert not hasattr(other, 'x')\n"
           "thread = threading.Thread(target=use, args=(one,))\n"
           "thread.start()\n"
           "turns[0].acquire()\n"
           "one.x = Value()\n"
           "thread._args = ()\n"
           "del one\n"
           "import gc\n"
           "gc.collect()\n"
           "turns[1].release()\n"
           "thread.join()\n"
           "del thread\n"
           "gc.collect()\n"
           "assert ended == [1, 1], ended\n");
}

TEST(attributes_end_with_their_local)
{
    in_each_mode(one_local, local_ends);
}
